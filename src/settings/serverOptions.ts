/** The one place of what a server can be told, and of what it does untold: for the command line and VS Code alike. */
import { l10n } from '../l10n/l10n.ts';
import type { LiveSettings, ServerSettings } from '../protocol/server.ts';
import { hostNames } from './hostNames.ts';
import { httpsOptions } from './httpsOptions.ts';
import { choice, fixed, integer, text } from './kinds.ts';
import { limitOptions } from './limitOptions.ts';
import { modelOptions } from './modelOptions.ts';
import { option, readOptions } from './option.ts';
import { proxyOptions } from './proxyOptions.ts';
import { siteOptions } from './siteOptions.ts';
import { socketOptions } from './socketOptions.ts';

export const serverOptions = {
  port: option({
    kind: integer(0, 65_535),
    default: 5500,
    flag: { name: 'port', help: 'port to listen on; 0 = any free one' },
    setting: 'port',
  }),
  host: option({
    kind: text('ADDR', () => l10n.t('an address, as 127.0.0.1')),
    default: '127.0.0.1',
    flag: { name: 'host', help: 'address to listen on' },
    setting: 'host',
  }),
  allowHosts: option({
    kind: hostNames('NAME'),
    default: [],
    flag: {
      name: 'allow-host',
      help: 'a host name that requests may be for, besides the loopback names; may be repeated; * = any',
    },
    setting: 'allowedHosts',
  }),
  echo: option({
    kind: choice(['off', 'unhandled', 'all'], 'MODE'),
    default: 'off',
    flag: {
      name: 'echo',
      help: "off; unhandled: a method the site does not serve is answered 200 with the request's own bytes as message/http; all: every request is (at most 1 MiB). Never TRACE and CONNECT",
    },
  }),
  site: siteOptions,
  proxy: proxyOptions,
  https: httpsOptions,
  capture: {
    enabled: option({ kind: fixed<boolean>(), default: false }),
    bodyBytes: option({
      kind: integer(0, 65_536, 1024),
      default: 1024 * 1024,
      setting: 'capture.bodyKilobytes',
    }),
  },
  live: option({ kind: fixed<LiveSettings | null>(), default: null }),
  limits: limitOptions,
  model: modelOptions,
  sockets: socketOptions,
};

/** Settings of a server of the folder `root` that was told nothing else. */
export function defaultSettings(root: string): ServerSettings {
  return { root, furtherPorts: 0, ...readOptions(serverOptions, (one) => one.default) };
}
