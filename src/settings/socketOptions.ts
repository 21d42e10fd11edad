/** What the sockets stand on. */
import type { SocketLayerChoice } from '../protocol/server.ts';
import { choice, onOff } from './kinds.ts';
import { option } from './option.ts';

const layers: readonly SocketLayerChoice[] = ['auto', 'systemCalls', 'libuv'];

export const socketOptions = {
  layer: option({
    kind: choice(layers, 'LAYER'),
    default: 'auto',
    flag: {
      name: 'sockets',
      help: "systemCalls: the C library's, called from here; libuv: those of Node.js; auto: systemCalls where they are tested (Linux, x64, glibc), else libuv",
    },
    setting: 'sockets',
  }),
  /** On by default in VS Code, where it is looked at; the command line has a flag that prints it. */
  trace: option({ kind: onOff(true), default: true, setting: 'trace' }),
};
