/** Which requests go to other servers. */
import { l10n } from '../l10n/l10n.ts';
import type { ProxyRoute } from '../protocol/server.ts';
import type { Kind } from './kinds.ts';
import { onOff } from './kinds.ts';
import { option } from './option.ts';
import { table } from './siteKinds.ts';

export const proxyOptions = {
  routes: option({
    kind: proxyRoutes('/PREFIX=URL'),
    default: [],
    flag: {
      name: 'proxy',
      help: 'forward what is below a prefix to another server, such as /api=http://127.0.0.1:3000; a path in the URL replaces the prefix; may be repeated',
    },
    setting: 'proxy',
  }),
  changeOrigin: option({
    kind: onOff(false),
    default: false,
    flag: {
      name: 'proxy-change-origin',
      help: "forward with the other server's own name in Host, not the one that the client used",
    },
    setting: 'proxyChangeOrigin',
  }),
};

/** Other servers by the prefix of the paths they answer for: `/prefix=URL`, and `{ "/prefix": "URL" }`. */
function proxyRoutes(form: string): Kind<readonly ProxyRoute[]> {
  const wanted = () =>
    l10n.t(
      'path prefixes that start with a slash, each with the http or https address of a server, as /api=http://127.0.0.1:3000',
    );
  return table(
    form,
    wanted,
    (text) => {
      const [, prefix = '', target] = /^([^=]*)=(.*)$/.exec(text) ?? [];
      return route(prefix, target);
    },
    route,
    ({ prefix, target }) => `${prefix}=${target}`,
  );
}

function route(prefix: string, target: unknown): ProxyRoute | null {
  if (!prefix.startsWith('/') || /[?#\\]/.test(prefix) || typeof target !== 'string') return null;
  const names = prefix.split('/').filter((name) => name !== '');
  if (names.some((name) => name === '.' || name === '..')) return null;
  if (!URL.canParse(target.trim())) return null;
  const url = new URL(target.trim());
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return null;
  if (url.search !== '' || url.hash !== '' || url.hostname === '') return null;
  // A URL object has a path in any case; whether one was written makes a difference.
  const withoutPath = /^https?:\/\/[^/]+$/i.test(target.trim());
  const { pathname } = new URL(`/${names.join('/')}`, 'http://localhost');
  return { prefix: pathname, target: withoutPath ? url.origin : url.href };
}
