/** What can be set of the window, beside what each of its servers is told. */
import { anyText, choice, integer, onOff, text } from '../settings/kinds.ts';
import { option } from '../settings/option.ts';
import { sitePath } from '../settings/siteKinds.ts';

const megabyte = 1024 * 1024;

export const windowOptions = {
  captureBytes: option({
    kind: integer(1, 4096, megabyte),
    default: 64 * megabyte,
    setting: 'capture.maxMegabytes',
  }),
  preserve: option({
    kind: onOff(true),
    default: true,
    setting: 'capture.preserve',
  }),
  keptBytes: option({
    kind: integer(0, 1024, megabyte),
    default: 16 * megabyte,
    setting: 'capture.keepMegabytes',
  }),
  takenPortNotice: option({ kind: onOff(true), default: true, setting: 'takenPortNotice' }),
};

/** What can be set of the preview, for each folder. */
export const previewOptions = {
  /** The folder that is served, where that is not the workspace folder: its path below it. */
  root: option({ kind: anyText('FOLDER'), default: '', setting: 'root' }),
  /** The page that is opened where none is named: its path below the served folder. */
  startPage: option({ kind: sitePath('FILE'), default: '', setting: 'startPage' }),
  openIn: option({
    kind: choice(['panel', 'integratedBrowser', 'externalBrowser', 'debugger'], 'WHERE'),
    default: 'panel',
    setting: 'preview.openIn',
  }),
  /** `default`, a browser's name, or the path of its program. */
  browser: option({ kind: text('BROWSER'), default: 'default', setting: 'browser' }),
  reloadOn: option({
    kind: choice(['typing', 'save', 'never'], 'WHEN'),
    default: 'typing',
    setting: 'reload.on',
  }),
  inject: option({ kind: onOff(true), default: true, setting: 'reload.inject' }),
  delay: option({ kind: integer(0, 10_000), default: 50, setting: 'reload.delay' }),
};
