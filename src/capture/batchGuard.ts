import type { CaptureBatch, SegmentColumns } from '../protocol/capture.ts';
import { nativeCallNames } from '../sockets/nativeCalls.ts';

const states: readonly unknown[] = ['accepted', 'reading', 'responding', 'idle', 'tunnel', 'closed'];

/** Whole numbers; -1 for what is not known. */
const exchangePlaces = [
  'connection',
  'number',
  'requestStart',
  'requestBodyStart',
  'requestEnd',
  'responseStart',
  'responseBodyStart',
  'responseEnd',
  'ruleOffset',
] as const;

const exchangeTimes = ['startedAt', 'headAt', 'requestEndedAt', 'respondedAt', 'endedAt'] as const;

const callNumbers = [
  'first',
  'second',
  'third',
  'result',
  'startedAt',
  'duration',
  'thread',
  'process',
  'connection',
] as const;

const segmentPlaces = ['connection', 'offset', 'length', 'keptStart', 'keptLength', 'keptAt'] as const;

/** Whether a value from another process, or from a file, is a batch that the store can take. */
export function isCaptureBatch(value: unknown): value is CaptureBatch {
  return (
    isObject(value) &&
    isCount(value.sequence) &&
    Array.isArray(value.connections) &&
    value.connections.every(isConnectionRecord) &&
    isExchangeColumns(value.exchanges) &&
    value.bytes instanceof Uint8Array &&
    isSegmentColumns(value.segments, value.bytes.length) &&
    Array.isArray(value.sentFiles) &&
    Array.from(value.sentFiles).every(isSentFile) &&
    isObject(value.leftOut) &&
    isCount(value.leftOut.exchanges) &&
    isCount(value.leftOut.bytes) &&
    isCount(value.leftOut.calls) &&
    isCallColumns(value.calls)
  );
}

function isCallColumns(value: unknown): boolean {
  if (!isObject(value) || !(value.name instanceof Uint8Array)) return false;
  const { length } = value.name;
  const { descriptor, errno, count, detail } = value;
  return (
    callNumbers.every((name) => isNumbers(value[name], length)) &&
    value.name.every((name) => name < nativeCallNames.length) &&
    descriptor instanceof Int32Array &&
    errno instanceof Uint16Array &&
    count instanceof Uint32Array &&
    Array.isArray(detail) &&
    [descriptor, errno, count, detail].every((column) => column.length === length) &&
    areTexts(detail)
  );
}

function isConnectionRecord(value: unknown): boolean {
  return (
    isObject(value) &&
    isEndpoint(value.peer) &&
    isEndpoint(value.local) &&
    typeof value.tls === 'string' &&
    states.includes(value.state) &&
    [value.id, value.bytesReceived, value.bytesSent, value.exchangeCount].every(isCount) &&
    Number.isFinite(value.openedAt) &&
    Number.isFinite(value.closedAt) &&
    typeof value.closeReason === 'string'
  );
}

function isEndpoint(value: unknown): boolean {
  return isObject(value) && typeof value.address === 'string' && isCount(value.port);
}

function isExchangeColumns(value: unknown): boolean {
  if (!isObject(value) || !(value.id instanceof Float64Array)) return false;
  const { length } = value.id;
  const isText = (column: unknown) => Array.isArray(column) && column.length === length && areTexts(column);
  return (
    arePlaces(value.id, length, 1) &&
    exchangePlaces.every((name) => arePlaces(value[name], length, -1)) &&
    exchangeTimes.every((name) => areTimes(value[name], length)) &&
    value.status instanceof Uint16Array &&
    value.status.length === length &&
    value.aborted instanceof Uint8Array &&
    value.aborted.length === length &&
    isText(value.method) &&
    isText(value.target) &&
    Array.isArray(value.forwarding) &&
    value.forwarding.length === length &&
    value.forwarding.every((record) => record === null || isForwarding(record)) &&
    isText(value.rule)
  );
}

function isForwarding(value: unknown): boolean {
  return (
    isObject(value) &&
    [value.server, value.target, value.problem].every((text) => typeof text === 'string') &&
    [value.connectedAt, value.sentAt, value.answeredAt, value.endedAt].every(Number.isFinite)
  );
}

/** Besides the shape: what the segments say of the kept bytes must fit the bytes. */
function isSegmentColumns(value: unknown, byteCount: number): boolean {
  if (!isObject(value) || !(value.offset instanceof Float64Array)) return false;
  const { length } = value.offset;
  if (!segmentPlaces.every((name) => arePlaces(value[name], length, 0))) return false;
  if (!areTimes(value.time, length)) return false;
  if (!(value.direction instanceof Uint8Array) || value.direction.length !== length) return false;
  const { keptStart, keptLength, keptAt, length: whole } = value as unknown as SegmentColumns;
  for (let i = 0; i < length; i++) {
    const count = keptLength[i];
    if (keptStart[i] + count > whole[i] || keptAt[i] + count > byteCount) return false;
  }
  return true;
}

// Plain loops and comparisons, for speed: they run for every exchange, segment and call that arrives.
function arePlaces(column: unknown, length: number, least: number): boolean {
  if (!(column instanceof Float64Array) || column.length !== length) return false;
  for (let row = 0; row < length; row++) {
    const place = column[row];
    if (!(place >= least && place <= Number.MAX_SAFE_INTEGER && Math.floor(place) === place)) return false;
  }
  return true;
}

function areTimes(column: unknown, length: number): boolean {
  if (!(column instanceof Float64Array) || column.length !== length) return false;
  for (let row = 0; row < length; row++) if (!(Math.abs(column[row]) <= Number.MAX_VALUE)) return false;
  return true;
}

function areTexts(column: readonly unknown[]): boolean {
  for (let row = 0; row < column.length; row++) if (typeof column[row] !== 'string') return false;
  return true;
}

function isSentFile(value: unknown): boolean {
  return isObject(value) && isCount(value.segment) && typeof value.path === 'string' && isCount(value.offset);
}

function isNumbers(column: unknown, length: number): boolean {
  return column instanceof Float64Array && column.length === length;
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
