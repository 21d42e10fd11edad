/** What can be set of the window, beside what each of its servers is told. */
import { choice, integer, onOff, texts } from '../settings/kinds.ts';
import { option } from '../settings/option.ts';

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
};

/** What can be set of the preview, for each folder. */
export const previewOptions = {
  reloadOn: option({
    kind: choice(['typing', 'save', 'never'], 'WHEN'),
    default: 'typing',
    setting: 'reload.on',
  }),
  inject: option({ kind: onOff(true), default: true, setting: 'reload.inject' }),
  delay: option({ kind: integer(0, 10_000), default: 50, setting: 'reload.delay' }),
  ignore: option({
    kind: texts('PATTERN'),
    default: ['**/.git/**', '**/node_modules/**'],
    setting: 'reload.ignore',
  }),
};
