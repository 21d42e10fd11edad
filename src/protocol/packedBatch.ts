import type { CaptureBatch, ColumnKind, ConnectionRecord, PackedBatch, PackedColumns } from './capture.ts';
import { type ColumnMemory, ownMemory } from './columnMemory.ts';

type Numbers = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array;
type Column = Numbers | readonly string[];

/**
 * The batch as it crosses to another process; see `PackedColumns`.
 *
 * @param memory where the packed columns are written: with `LentMemory`, the result is void once that is reclaimed
 */
export function packedBatch(
  { connections, exchanges, segments, calls, ...rest }: CaptureBatch,
  memory: ColumnMemory = ownMemory,
): PackedBatch {
  const { forwarding, ...columns } = exchanges;
  return {
    ...rest,
    connections: packedColumns(connectionColumns(connections), connections.length, memory),
    exchanges: packedColumns(columns, exchanges.id.length, memory),
    forwarded: forwarding.flatMap((record, row) => (record === null ? [] : [[row, record] as const])),
    segments: packedColumns({ ...segments }, segments.offset.length, memory),
    calls: packedColumns({ ...calls }, calls.name.length, memory),
  };
}

/** The records as columns: under load, each batch tells of every connection again. */
function connectionColumns(records: readonly ConnectionRecord[]): Record<string, Column> {
  const numbers = (of: (record: ConnectionRecord) => number) => new Float64Array(records.map(of));
  return {
    id: numbers(({ id }) => id),
    peerAddress: records.map(({ peer }) => peer.address),
    peerPort: numbers(({ peer }) => peer.port),
    localAddress: records.map(({ local }) => local.address),
    localPort: numbers(({ local }) => local.port),
    tls: records.map(({ tls }) => tls),
    state: records.map(({ state }) => state),
    openedAt: numbers(({ openedAt }) => openedAt),
    closedAt: numbers(({ closedAt }) => closedAt),
    bytesReceived: numbers(({ bytesReceived }) => bytesReceived),
    bytesSent: numbers(({ bytesSent }) => bytesSent),
    exchangeCount: numbers(({ exchangeCount }) => exchangeCount),
    closeReason: records.map(({ closeReason }) => closeReason),
  };
}

function packedColumns(
  columns: Readonly<Record<string, Column>>,
  rows: number,
  memory: ColumnMemory,
): PackedColumns {
  const names = Object.keys(columns);
  const kinds = names.map((name) => kindOf(columns[name]));
  const texts = new Map<string, number>();
  const cells = names.map((name) => numbersOf(columns[name], texts));
  const bytes = memory.uint8(cells.reduce((sum, { byteLength }) => sum + upToEight(byteLength), 0));
  let at = 0;
  for (const { buffer, byteOffset, byteLength } of cells) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += upToEight(byteLength);
  }
  return { rows, names, kinds, texts: [...texts.keys()], bytes };
}

function upToEight(length: number): number {
  return Math.ceil(length / 8) * 8;
}

function kindOf(column: Column): ColumnKind {
  if (column instanceof Float64Array) return 'Float64';
  if (column instanceof Int32Array) return 'Int32';
  if (column instanceof Uint32Array) return 'Uint32';
  if (column instanceof Uint16Array) return 'Uint16';
  return column instanceof Uint8Array ? 'Uint8' : 'text';
}

/** Texts as indices into a list of the distinct ones, which are few. */
function numbersOf(column: Column, texts: Map<string, number>): Numbers {
  if (!Array.isArray(column)) return column as Numbers;
  const places = new Uint32Array(column.length);
  let last: string | null = null;
  let place = 0;
  for (let row = 0; row < column.length; row++) {
    const text: string = column[row];
    if (text !== last) {
      place = placeOf(text, texts);
      last = text;
    }
    places[row] = place;
  }
  return places;
}

function placeOf(text: string, texts: Map<string, number>): number {
  const known = texts.get(text);
  if (known !== undefined) return known;
  texts.set(text, texts.size);
  return texts.size - 1;
}
