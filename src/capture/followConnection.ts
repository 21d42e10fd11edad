import type { Endpoint } from '../protocol/capture.ts';
import type {
  ConnectionKey,
  FollowedBlock,
  FollowedConnection,
  FollowedExchange,
} from '../protocol/follow.ts';
import type { StoredExchange } from './exchangeTable.ts';
import type { RunId, StoredConnection, StoredRun } from './run.ts';
import type { SegmentSlabs } from './segments.ts';

/** Limits of what is shown of a connection at a time: bytes that were kept, and reads and writes. */
const mostBytes = 1024 * 1024;
const mostBlocks = 10_000;

/** A connection with all that is stored of it. */
export interface WholeConnection extends FollowedConnection {
  /** Where it was accepted. */
  readonly local: Endpoint;
}

/** Names a connection of a run. */
export function connectionKeyOf(run: RunId, connection: number): ConnectionKey {
  return `${run}/${connection}`;
}

/** A connection as it is stored, with its exchanges. */
export interface LocatedConnection {
  readonly key: ConnectionKey;
  readonly run: StoredRun;
  readonly connection: StoredConnection;
  readonly stored: readonly StoredExchange[];
}

/** Both directions of a connection: the part before block number `end`, or the newest. The caller owns the bytes. */
export function followed(
  located: LocatedConnection,
  slabs: SegmentSlabs,
  end: number | null,
): FollowedConnection {
  return shownAs(located, windowOf(allBlocks(located.connection, slabs), end));
}

/** Both directions of a connection, from the first byte that is stored to the last. The bytes belong to the store. */
export function wholeConnection(located: LocatedConnection, slabs: SegmentSlabs): WholeConnection {
  const blocks = allBlocks(located.connection, slabs);
  const window = { total: blocks.length, first: 0, timeBefore: 0, blocks };
  return { ...shownAs(located, window), local: located.connection.record.local };
}

function shownAs(
  { key, run: { description }, connection: { record }, stored }: LocatedConnection,
  window: BlockWindow,
): FollowedConnection {
  const exchanges = stored.map(({ id, method, target, status, requestStart, responseStart }) => ({
    key: `${description.id}/${id}`,
    id,
    method,
    target,
    status,
    requestStart,
    responseStart,
  }));
  return {
    key,
    id: record.id,
    serverName: description.serverName,
    peer: record.peer,
    openedAt: record.openedAt,
    closedAt: record.closedAt,
    closeReason: record.closeReason,
    ...window,
    exchanges: exchangesWithin(exchanges, window.blocks),
  };
}

/** A part of a connection's reads and writes, in the order in which they happened. */
interface BlockWindow {
  readonly total: number;
  readonly first: number;
  readonly timeBefore: number;
  readonly blocks: readonly FollowedBlock[];
}

/** All reads and writes of a connection that are stored. The bytes belong to the store. */
function allBlocks({ received, sent }: StoredConnection, slabs: SegmentSlabs): FollowedBlock[] {
  return [
    ...received.all(slabs).map((segment) => ({ ...segment, direction: 'received' as const })),
    ...sent.all(slabs).map((segment) => ({ ...segment, direction: 'sent' as const })),
    // At equal times, what was received comes first: it brought about what was sent.
  ].sort((one, other) => one.time - other.time);
}

/** The blocks before number `end`, or the newest ones, as many as are shown at a time. The caller owns the bytes. */
function windowOf(all: readonly FollowedBlock[], end: number | null): BlockWindow {
  const to = Math.min(end ?? all.length, all.length);
  let first = to;
  let bytes = 0;
  while (first > 0 && to - first < mostBlocks && bytes + all[first - 1].kept.length <= mostBytes) {
    bytes += all[--first].kept.length;
  }
  // One that is larger than what is shown at a time is shown alone.
  if (first === to && to > 0) first--;
  const blocks = all
    .slice(first, to)
    .map(({ kept, ...block }) => ({ ...block, kept: kept.slice(0, mostBytes) }));
  return { total: all.length, first, timeBefore: all[first - 1]?.time ?? 0, blocks };
}

/** The exchanges whose messages begin in these blocks. */
function exchangesWithin(
  exchanges: Iterable<FollowedExchange>,
  blocks: readonly FollowedBlock[],
): FollowedExchange[] {
  const bounds = (direction: FollowedBlock['direction']) => {
    const own = blocks.filter((block) => block.direction === direction);
    return { start: own[0]?.start ?? 0, end: own.at(-1)?.end ?? 0 };
  };
  const received = bounds('received');
  const sent = bounds('sent');
  const within = (offset: number, { start, end }: { start: number; end: number }) =>
    offset >= start && offset < end;
  return [...exchanges].filter(
    ({ requestStart, responseStart }) => within(requestStart, received) || within(responseStart, sent),
  );
}
