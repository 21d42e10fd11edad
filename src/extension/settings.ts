/** What can be set of the window, beside what each of its servers is told. */
import { integer, onOff } from '../settings/kinds.ts';
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
