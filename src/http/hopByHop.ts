/** What of a message's fields a gateway sends on, and what ends with the connection (RFC 9110 section 7.6.1). */
import type { Field } from './message.ts';

/**
 * Fields of one connection, whether or not Connection names them; those that say how a message is framed, which is
 * written anew; and credentials for a proxy (RFC 9110 section 11.7.2), which this gateway is not.
 */
const connectionFields = new Set([
  'connection',
  'content-length',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
]);

/** What no trailer section may say (RFC 9110 section 6.5.1): framing, routing, credentials, how content is read. */
const notInTrailers = new Set([
  ...connectionFields,
  'authorization',
  'cache-control',
  'content-encoding',
  'content-range',
  'content-type',
  'cookie',
  'expect',
  'host',
  'location',
  'max-forwards',
  'pragma',
  'range',
  'set-cookie',
  'trailer',
  'www-authenticate',
]);

/** The elements of a list field in lower case, of all its lines. */
export function listElements(fields: readonly Field[], name: string): string[] {
  return fields
    .filter(([one]) => one.toLowerCase() === name)
    .flatMap(([, value]) => value.split(','))
    .map((element) => element.trim().toLowerCase())
    .filter((element) => element !== '');
}

/** The fields that are meant for the other end, in their order. */
export function endToEnd(fields: readonly Field[]): Field[] {
  const named = new Set(listElements(fields, 'connection'));
  return fields.filter(([name]) => {
    const lower = name.toLowerCase();
    return !connectionFields.has(lower) && !named.has(lower);
  });
}

/** The fields of a trailer section that may be sent on. */
export function endToEndTrailers(trailers: readonly Field[]): Field[] {
  return trailers.filter(([name]) => !notInTrailers.has(name.toLowerCase()));
}
