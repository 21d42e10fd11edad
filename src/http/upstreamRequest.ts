/** The head of a request as a gateway sends it to an upstream server. */
import { bytesOf } from './bytes.ts';
import type { Framing } from './framing.ts';
import { endToEnd, listElements } from './hopByHop.ts';
import type { Field, Request } from './message.ts';
import { checkFields } from './responseHead.ts';

/** Where a request is forwarded to, and what the upstream server is told of its client. */
export interface Route {
  /** The request target for the upstream server: a path with a query, in origin form. */
  readonly target: string;
  /** Value of Host. */
  readonly host: string;
  /** How the client spoke to this server. */
  readonly scheme: 'http' | 'https';
  /** Address of the client. */
  readonly client: string;
  /** How this gateway calls itself in Via. */
  readonly pseudonym: string;
}

/** Whether a request asks for a WebSocket (RFC 6455 section 4.1), the one protocol that is switched to. */
export function asksForWebSocket(request: Request): boolean {
  if (request.method !== 'GET' || request.minorVersion === 0 || request.hasBody) return false;
  const fields = request.fields();
  return (
    listElements(fields, 'connection').includes('upgrade') &&
    listElements(fields, 'upgrade').includes('websocket')
  );
}

/**
 * How often an OPTIONS request may still be forwarded; null where it does not say. At 0 its receiver has to answer (RFC
 * 9110 section 7.6.2). In requests of other methods the field is ignored.
 */
export function forwardsLeft(request: Request): number | null {
  const value = request.method === 'OPTIONS' ? request.field('max-forwards') : undefined;
  return value !== undefined && /^\d+$/.test(value) ? Math.min(Number(value), Number.MAX_SAFE_INTEGER) : null;
}

/**
 * The request line and header section, made from the parsed request and not from its bytes, so that no two parsers can
 * disagree on them. Hop-by-hop fields are left out; framing is written anew. Fields are added that tell the upstream
 * server of the client: Via (RFC 9110 section 7.6.3) and X-Forwarded-For, -Host and -Proto.
 * Throws UnsafeFieldError.
 */
export function upstreamHead(request: Request, framing: Framing, route: Route): Uint8Array {
  const received = request.fields();
  const fields: Field[] = [['Host', route.host]];
  for (const field of endToEnd(received)) if (isSentOn(field, request)) fields.push(field);
  fields.push(...forwardedFields(request, received, route));
  const left = forwardsLeft(request);
  if (left !== null) fields.push(['Max-Forwards', String(left - 1)]);
  if (listElements(received, 'te').includes('trailers')) fields.push(['TE', 'trailers']);
  if (framing.kind === 'length') fields.push(['Content-Length', String(framing.length)]);
  else if (framing.kind === 'chunked') fields.push(['Transfer-Encoding', 'chunked']);
  else if (request.field('content-length') !== undefined) fields.push(['Content-Length', '0']);
  if (asksForWebSocket(request)) fields.push(['Connection', 'Upgrade'], ['Upgrade', 'websocket']);
  else fields.push(['Connection', fields.some(([name]) => name === 'TE') ? 'close, TE' : 'close']);
  checkFields(fields);
  const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return bytesOf(`${request.method} ${route.target} HTTP/1.1\r\n${lines}\r\n`);
}

/** HTTP/1.0 has no expectations (RFC 9110 section 10.1.1); the other fields named here are made anew. */
function isSentOn([name]: Field, request: Request): boolean {
  switch (name.toLowerCase()) {
    case 'host':
    case 'via':
    case 'x-forwarded-for':
    case 'x-forwarded-host':
    case 'x-forwarded-proto':
      return false;
    case 'expect':
      return request.minorVersion > 0;
    case 'max-forwards':
      return forwardsLeft(request) === null;
    default:
      return true;
  }
}

/** Where the client is itself a gateway, what it says of its own client is kept. */
function forwardedFields(request: Request, received: readonly Field[], route: Route): Field[] {
  const client = route.client.includes(':') ? `[${route.client}]` : route.client;
  const joined = (name: string, own: string): Field => {
    const before = request.field(name.toLowerCase());
    return [name, before === undefined || before === '' ? own : `${before}, ${own}`];
  };
  const kept = (name: string, own: string): Field => [name, request.field(name.toLowerCase()) ?? own];
  return [
    joined('Via', `1.${request.minorVersion} ${route.pseudonym}`),
    joined('X-Forwarded-For', client),
    kept('X-Forwarded-Host', hostOf(request, received)),
    kept('X-Forwarded-Proto', route.scheme),
  ];
}

/** Host and port as the client wrote them. */
export function hostOf(request: Request, received: readonly Field[] = request.fields()): string {
  const inTarget = request.form === 'absolute' ? /^[^:]+:\/\/([^/?]+)/.exec(request.target)?.[1] : undefined;
  return inTarget ?? received.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? '';
}
