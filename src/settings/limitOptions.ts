/** What a client may make the server hold or wait for. Sizes are kept in bytes, times in milliseconds. */
import { defaultLimits } from '../http/limits.ts';
import { fixed, integer } from './kinds.ts';
import { option } from './option.ts';

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;
const second = 1000;

export const limitOptions = {
  connections: option({
    kind: integer(1, 100_000),
    default: defaultLimits.connections,
    flag: { name: 'max-connections', help: 'connections at a time; one more is answered 503' },
    setting: 'limits.connections',
  }),
  requestsPerConnection: option({
    kind: integer(1, 1_000_000_000),
    default: defaultLimits.requestsPerConnection,
    flag: { name: 'max-requests', help: 'requests on one connection, then it is closed' },
    setting: 'limits.requestsPerConnection',
  }),
  requestLine: option({
    kind: integer(8, 1024, kibibyte, 'KIB'),
    default: defaultLimits.requestLine,
    flag: { name: 'max-request-line', help: 'size of a request line; a longer one is answered 414' },
    setting: 'limits.requestLineKilobytes',
  }),
  headerSection: option({
    kind: integer(1, 16_384, kibibyte, 'KIB'),
    default: defaultLimits.headerSection,
    flag: { name: 'max-header', help: 'size of a header or trailer section; a larger one is answered 431' },
    setting: 'limits.headerKilobytes',
  }),
  fieldCount: option({
    kind: integer(1, 2000),
    default: defaultLimits.fieldCount,
    flag: { name: 'max-fields', help: 'fields of a header or trailer section; more are answered 431' },
    setting: 'limits.fields',
  }),
  body: option({
    kind: integer(0, 1_048_576, mebibyte, 'MIB'),
    default: defaultLimits.body,
    flag: { name: 'max-body', help: 'size of a request body; a larger one is answered 413' },
    setting: 'limits.bodyMegabytes',
  }),
  headerReadTime: option({
    kind: integer(1, 3600, second, 'S'),
    default: defaultLimits.headerReadTime,
    flag: { name: 'header-timeout', help: 'seconds for a header section to arrive; then 408' },
    setting: 'limits.headerReadSeconds',
  }),
  bodyIdleTime: option({
    kind: integer(1, 3600, second, 'S'),
    default: defaultLimits.bodyIdleTime,
    flag: { name: 'body-timeout', help: 'seconds without a byte of a body; then 408' },
    setting: 'limits.bodyIdleSeconds',
  }),
  keepAliveTime: option({
    kind: integer(1, 3600, second, 'S'),
    default: defaultLimits.keepAliveTime,
    flag: { name: 'keep-alive-timeout', help: 'seconds that a connection may idle between two requests' },
    setting: 'limits.keepAliveSeconds',
  }),
  writeStallTime: option({
    kind: integer(1, 3600, second, 'S'),
    default: defaultLimits.writeStallTime,
    flag: {
      name: 'write-timeout',
      help: 'seconds in which a client takes no byte of its answer; then it is cut',
    },
    setting: 'limits.writeStallSeconds',
  }),
  upstreamTime: option({
    kind: integer(1, 3600, second, 'S'),
    default: defaultLimits.upstreamTime,
    flag: {
      name: 'upstream-timeout',
      help: 'seconds that a proxied server may be silent, before or within its answer',
    },
    setting: 'limits.upstreamSeconds',
  }),
  stopTime: option({
    kind: integer(0, 60, second, 'S'),
    default: defaultLimits.stopTime,
    flag: { name: 'stop-timeout', help: 'seconds that answers under way get when the server stops' },
    setting: 'limits.stopSeconds',
  }),
  chunkLine: option({ kind: fixed<number>(), default: defaultLimits.chunkLine }),
  keptMessage: option({ kind: fixed<number>(), default: defaultLimits.keptMessage }),
  pendingOutput: option({ kind: fixed<number>(), default: defaultLimits.pendingOutput }),
  drainTime: option({ kind: fixed<number>(), default: defaultLimits.drainTime }),
  drainBytes: option({ kind: fixed<number>(), default: defaultLimits.drainBytes }),
};
