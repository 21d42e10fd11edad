/** Which requests are forwarded where. */
import type { Request } from '../../http/message.ts';
import { forwardsLeft } from '../../http/upstreamRequest.ts';
import type { ProxyRoute } from '../../protocol/server.ts';

/** A server that requests are forwarded to. */
export interface Upstream {
  readonly secure: boolean;
  /** Name or address, an IPv6 address without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** As it stands in Host. */
  readonly authority: string;
  readonly origin: string;
  readonly prefix: string;
  /** What takes the place of the prefix; null where the path stays whole. */
  readonly path: string | null;
}

/** The upstream servers by prefix. */
export class Routes {
  /** The longest prefix first. */
  private readonly upstreams: readonly Upstream[];

  constructor(routes: readonly ProxyRoute[]) {
    this.upstreams = routes.map(upstreamOf).sort((one, other) => other.prefix.length - one.prefix.length);
  }

  /** Who a request is for; null where that is this server. A name of a prefix is one whole name of the path. */
  find(request: Request): Upstream | null {
    const { method, path } = request;
    // A server-wide OPTIONS is for this one, and a tunnel is for nobody (RFC 9110 section 9.3.6).
    if (!path.startsWith('/') || method === 'CONNECT' || method === 'TRACE') return null;
    if (forwardsLeft(request) === 0) return null;
    return this.upstreams.find(({ prefix }) => isBelow(path, prefix)) ?? null;
  }
}

/** The request target as the other server shall see it; null where it would lead out of what is forwarded. */
export function forwardedTarget({ prefix, path }: Upstream, request: Request): string | null {
  if (hasDotSegment(request.path)) return null;
  const query = request.query === null ? '' : `?${request.query}`;
  if (path === null) return request.path + query;
  const rest = prefix === '/' ? request.path.slice(1) : request.path.slice(prefix.length + 1);
  return `${path.endsWith('/') || rest === '' ? path : `${path}/`}${rest}${query}`;
}

/** What Location says of the other server, as it is found below the prefix here; other values stay as they are. */
export function forwardedLocation({ origin, prefix, path }: Upstream, value: string): string {
  if (value !== origin && !value.startsWith(`${origin}/`) && !value.startsWith(`${origin}?`)) return value;
  const there = value.slice(origin.length) || '/';
  if (path === null) return there.startsWith('/') ? there : `/${there}`;
  const base = path.replace(/\/$/, '');
  if (there !== base && !there.startsWith(`${base}/`)) return value;
  return (prefix === '/' ? '' : prefix) + there.slice(base.length) || '/';
}

function isBelow(path: string, prefix: string): boolean {
  if (prefix === '/') return true;
  return path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === '/');
}

/** However it is encoded, and whatever the other server takes for a separator. */
function hasDotSegment(path: string): boolean {
  return path
    .replace(/%2e/gi, '.')
    .split(/\/|\\|%2f|%5c/i)
    .some((name) => name === '.' || name === '..');
}

function upstreamOf({ prefix, target }: ProxyRoute): Upstream {
  const url = new URL(target);
  const secure = url.protocol === 'https:';
  return {
    secure,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    authority: url.host,
    origin: url.origin,
    prefix,
    path: target === url.origin ? null : url.pathname,
  };
}
