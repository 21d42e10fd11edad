import { rowBytes } from './exchangeTable.ts';
import type { HeldCapture } from './heldCapture.ts';
import type { RunId, StoredConnection, StoredRun } from './run.ts';
import type { CaptureStore } from './store.ts';

/**
 * Removes imported runs; what was captured from servers stays. Takes time in proportion to all that is stored: exchanges
 * that stay get new positions after all former ones, in the same order, as if they had just come.
 */
export function removeImported(store: CaptureStore, ids: readonly RunId[]): void {
  const runs = ids
    .flatMap((id) => store.run(id) ?? [])
    .filter(({ description }) => description.imported !== undefined);
  if (runs.length > 0) store.takeOut((held) => takeOut(held, runs));
}

/** What a run had in the table. */
interface Taken {
  exchanges: number;
  bytes: number;
}

function takeOut(held: HeldCapture, runs: readonly StoredRun[]): void {
  const taken = new Map(runs.map((run): [StoredRun, Taken] => [run, { exchanges: 0, bytes: 0 }]));
  renewOthers(held, taken);
  for (const [run, { exchanges, bytes }] of taken) {
    for (const { received, sent } of run.connections.values()) {
      // A batch, and so a slab, is of one run.
      for (const slab of [...received.slabs(), ...sent.slabs()]) held.slabs.remove(slab);
    }
    held.tookOut(run, exchanges, bytes);
  }
}

/** Gives the exchanges of all other runs new positions, and drops the old ones. */
function renewOthers(held: HeldCapture, taken: ReadonlyMap<StoredRun, Taken>): void {
  const { table } = held;
  const { first, end } = table;
  const moved = new Map<number, number>();
  const emptied = new Set<StoredConnection>();
  for (let position = first; position < end; position++) {
    const { run, connection } = table.owner(position);
    const own = taken.get(run);
    if (own !== undefined) {
      own.exchanges++;
      own.bytes += rowBytes + 2 * table.target(position).length;
      continue;
    }
    const renewed = renew(table, position);
    moved.set(position, renewed);
    run.positions.set(table.get(renewed, 'id'), renewed);
    if (run.open.delete(position)) run.open.add(renewed);
    if (!emptied.has(connection)) connection.exchanges.clear();
    emptied.add(connection);
    connection.exchanges.push(renewed);
  }
  moveRemarks(held, moved);
  const firstFrom = (position: number) => {
    for (let i = Math.max(position, first); i < end; i++) {
      const renewed = moved.get(i);
      if (renewed !== undefined) return renewed;
    }
    return table.end;
  };
  for (const watcher of held.renewalWatchers) watcher(firstFrom);
  while (table.first < end) table.dropFirst();
}

/** Copies a row to the end; returns its new position. */
function renew(table: HeldCapture['table'], position: number): number {
  const block = table.block(position);
  const place = table.placeOf(position);
  const renewed = table.append(block.owner[place], { ...block.numbers, ...block }, place);
  table.block(renewed).type[table.placeOf(renewed)] = block.type[place];
  return renewed;
}

function moveRemarks({ marks, comments }: HeldCapture, moved: ReadonlyMap<number, number>): void {
  const [formerMarks, formerComments] = [[...marks], [...comments]];
  marks.clear();
  comments.clear();
  for (const position of formerMarks) {
    const renewed = moved.get(position);
    if (renewed !== undefined) marks.add(renewed);
  }
  for (const [position, text] of formerComments) {
    const renewed = moved.get(position);
    if (renewed !== undefined) comments.set(renewed, text);
  }
}
