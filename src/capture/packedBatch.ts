import type { CaptureBatch, ColumnKind, PackedColumns } from '../protocol/capture.ts';
import { isCaptureBatch } from './batchGuard.ts';

/** A view of so many rows. */
type Column = new (buffer: ArrayBuffer, at: number, rows: number) => ArrayLike<number>;

const kinds: Readonly<Record<ColumnKind, Column & { readonly BYTES_PER_ELEMENT: number }>> = {
  Uint8: Uint8Array,
  Uint16: Uint16Array,
  Uint32: Uint32Array,
  Int32: Int32Array,
  Float64: Float64Array,
  text: Uint32Array,
};

/**
 * The batch that another process, or a file, packed; null where it is none that the store can take. Its columns share
 * memory of their own, and its bytes are those that were given.
 */
export function unpackedBatch(packed: unknown): CaptureBatch | null {
  if (!isObject(packed)) return null;
  const exchanges = unpackedColumns(packed.exchanges);
  const batch = {
    sequence: packed.sequence,
    connections: connectionRecords(unpackedColumns(packed.connections)),
    exchanges: exchanges && { ...exchanges, forwarding: forwardings(exchanges.id, packed.forwarded) },
    segments: unpackedColumns(packed.segments),
    sentFiles: packed.sentFiles,
    bytes: packed.bytes,
    calls: unpackedColumns(packed.calls),
    leftOut: packed.leftOut,
  };
  return isCaptureBatch(batch) ? batch : null;
}

/** A record for each row, of whatever the columns hold; null where there are no rows. */
function connectionRecords(columns: Record<string, unknown> | null): unknown[] | null {
  if (columns === null || !(columns.id instanceof Float64Array)) return null;
  const cells = (name: string) => {
    const column = columns[name];
    return Array.isArray(column) || column instanceof Float64Array ? column : [];
  };
  const [peerAddress, peerPort] = [cells('peerAddress'), cells('peerPort')];
  const [localAddress, localPort] = [cells('localAddress'), cells('localPort')];
  const [tls, state, closeReason] = [cells('tls'), cells('state'), cells('closeReason')];
  const [openedAt, closedAt] = [cells('openedAt'), cells('closedAt')];
  const [bytesReceived, bytesSent] = [cells('bytesReceived'), cells('bytesSent')];
  const exchangeCount = cells('exchangeCount');
  return Array.from(columns.id, (id, row) => ({
    id,
    peer: { address: peerAddress[row], port: peerPort[row] },
    local: { address: localAddress[row], port: localPort[row] },
    tls: tls[row],
    state: state[row],
    openedAt: openedAt[row],
    closedAt: closedAt[row],
    bytesReceived: bytesReceived[row],
    bytesSent: bytesSent[row],
    exchangeCount: exchangeCount[row],
    closeReason: closeReason[row],
  }));
}

/** A cell for each row, whatever was packed. */
function forwardings(ids: unknown, packed: unknown): unknown[] {
  const column: unknown[] = new Array(ids instanceof Float64Array ? ids.length : 0).fill(null);
  if (!Array.isArray(packed)) return column;
  for (const entry of packed) {
    const [row, record] = Array.isArray(entry) ? entry : [];
    if (Number.isInteger(row) && row >= 0 && row < column.length) column[row] = record;
  }
  return column;
}

function unpackedColumns(packed: unknown): Record<string, unknown> | null {
  if (!isPackedColumns(packed)) return null;
  const { rows, names, texts } = packed;
  // A copy: views of numbers need memory that is aligned, and the message it came in is not to be kept alive.
  const { buffer } = new Uint8Array(packed.bytes);
  const columns: Record<string, unknown> = {};
  let at = 0;
  for (let i = 0; i < names.length; i++) {
    // An array that was written may have gaps, which no check of its members comes by.
    if (!(i in names && i in packed.kinds)) return null;
    const Kind = kinds[packed.kinds[i]];
    const end = at + rows * Kind.BYTES_PER_ELEMENT;
    if (end > buffer.byteLength) return null;
    const numbers = new Kind(buffer, at, rows);
    columns[names[i]] = packed.kinds[i] === 'text' ? textsAt(numbers, texts) : numbers;
    at = Math.ceil(end / 8) * 8;
  }
  return columns;
}

function textsAt(places: ArrayLike<number>, texts: readonly string[]): string[] {
  const column = new Array<string>(places.length);
  for (let row = 0; row < places.length; row++) column[row] = texts[places[row]];
  return column;
}

function isPackedColumns(value: unknown): value is PackedColumns {
  return (
    isObject(value) &&
    Number.isSafeInteger(value.rows) &&
    Number(value.rows) >= 0 &&
    Array.isArray(value.names) &&
    Array.isArray(value.kinds) &&
    value.kinds.length === value.names.length &&
    value.names.every((name) => typeof name === 'string') &&
    value.kinds.every((kind) => typeof kind === 'string' && Object.hasOwn(kinds, kind)) &&
    Array.isArray(value.texts) &&
    value.texts.every((text) => typeof text === 'string') &&
    value.bytes instanceof Uint8Array
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
