/** Which fields of a message a gateway sends on, and which end with the connection (RFC 9110 section 7.6.1). */
import type { Field } from './message.ts';

/**
 * Fields that concern one connection, whether or not Connection names them; framing fields, which are written anew; and
 * credentials for a proxy (RFC 9110 section 11.7.2), which this gateway is not.
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

/** Fields that must not stand in a trailer section (RFC 9110 section 6.5.1): framing, routing, credentials, content. */
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

/** The elements of a list field, of all its lines, in lower case. */
export function listElements(fields: readonly Field[], name: string): string[] {
  return fields
    .filter(([one]) => one.toLowerCase() === name)
    .flatMap(([, value]) => value.split(','))
    .map((element) => element.trim().toLowerCase())
    .filter((element) => element !== '');
}

/** The end-to-end fields, in their order. */
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
