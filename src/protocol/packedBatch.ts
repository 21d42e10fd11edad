import type { CaptureBatch, ColumnKind, PackedBatch, PackedColumns } from './capture.ts';

type Numbers = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array;
type Column = Numbers | readonly string[];

/** The batch as it crosses to another process; see `PackedColumns`. */
export function packedBatch({ exchanges, segments, calls, ...rest }: CaptureBatch): PackedBatch {
  const { forwarding, ...columns } = exchanges;
  return {
    ...rest,
    exchanges: packedColumns(columns, exchanges.id.length),
    forwarded: forwarding.flatMap((record, row) => (record === null ? [] : [[row, record] as const])),
    segments: packedColumns({ ...segments }, segments.offset.length),
    calls: packedColumns({ ...calls }, calls.name.length),
  };
}

function packedColumns(columns: Readonly<Record<string, Column>>, rows: number): PackedColumns {
  const names = Object.keys(columns);
  const kinds = names.map((name) => kindOf(columns[name]));
  const texts = new Map<string, number>();
  const cells = names.map((name) => numbersOf(columns[name], texts));
  const bytes = new Uint8Array(cells.reduce((sum, { byteLength }) => sum + upToEight(byteLength), 0));
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

/** Texts as their places among those that differ: few do. */
function numbersOf(column: Column, texts: Map<string, number>): Numbers {
  if (!Array.isArray(column)) return column as Numbers;
  const places = new Uint32Array(column.length);
  for (let row = 0; row < column.length; row++) {
    const text: string = column[row];
    let place = texts.get(text);
    if (place === undefined) {
      place = texts.size;
      texts.set(text, place);
    }
    places[row] = place;
  }
  return places;
}
