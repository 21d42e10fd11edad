import type { Direction, Endpoint } from '../protocol/capture.ts';
import type { ConnectionKey } from '../protocol/follow.ts';
import type { ExchangeDetail, MessageDetail } from '../protocol/inspector.ts';
import { type ExportedExchange, exportedExchange } from './exportExchange.ts';
import { PacketConversation, pcapngStart, rebuiltComment, type Transfer } from './exportPcapng.ts';
import type { WholeConnection } from './followConnection.ts';
import { type SlicedWork, sliceItems, sortedInSlices } from './slicedSort.ts';

const nothing = new Uint8Array(0);

type Step =
  | { readonly kind: 'open' | 'close'; readonly time: number; readonly conversation: PacketConversation }
  | {
      readonly kind: 'carry';
      readonly time: number;
      readonly conversation: PacketConversation;
      readonly transfer: Transfer;
    };

/** Access to the bytes that belong to no exchange. */
export interface ConnectionBytes {
  /** All that is stored of a connection; null where it is not stored. */
  readonly wholeConnection: (connection: ConnectionKey) => WholeConnection | null;
  /** Connections that are exported with every byte, whether it belongs to an exchange or not. */
  readonly connections: readonly ConnectionKey[];
}

/** For exports without the bytes that belong to no exchange. */
export const exchangesOnly: ConnectionBytes = { wholeConnection: () => null, connections: [] };

/**
 * The pieces of a pcapng file, in the order of time. Exchanges that began a tunnel bring its bytes along. Before the
 * first packet all exchanges are gone through and sorted; after each slice of that work, the piece is empty.
 *
 * @param progress is told the share of the packets that were made, from 0 to 1
 */
export function* pcapngFile(
  details: Iterable<ExchangeDetail>,
  version: string,
  { wholeConnection, connections }: ConnectionBytes = exchangesOnly,
  progress: (share: number) => void = () => undefined,
): Generator<Uint8Array> {
  yield pcapngStart(version);
  const exchanges = new Map<ConnectionKey, CarriedExchange[]>(connections.map((key) => [key, []]));
  for (const detail of details) {
    const { row } = detail;
    const key = `${row.key.slice(0, row.key.lastIndexOf('/'))}/${row.connection}`;
    const known = exchanges.get(key);
    if (known === undefined) exchanges.set(key, [carriedExchange(detail)]);
    else known.push(carriedExchange(detail));
    yield nothing;
  }
  const steps: Step[] = [];
  for (const [key, carried] of exchanges) {
    const isWhole = connections.includes(key);
    const tunnel = carried.find(({ beginsTunnel }) => beginsTunnel);
    const whole = isWhole || tunnel !== undefined ? wholeConnection(key) : null;
    const rest =
      whole === null ? [] : yield* turns(restOf(whole, carried, isWhole ? null : (tunnel ?? null)));
    yield* turns(addSteps(steps, carried, rest, whole));
  }
  const sorted = yield* turns(sortedInSlices(steps, (one, other) => one.time - other.time));
  for (const [i, step] of sorted.entries()) {
    progress(i / sorted.length);
    switch (step.kind) {
      case 'open':
        yield* step.conversation.open(step.time);
        break;
      case 'carry':
        yield* step.conversation.carry(step.transfer);
        break;
      case 'close':
        yield* step.conversation.close(step.time);
        break;
    }
  }
}

/** An empty piece after each slice of work. */
function* turns<Result>(work: SlicedWork<Result>): Generator<Uint8Array, Result> {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
    yield nothing;
  }
}

/** The part of an exchange that becomes packets: the rest is not held while all exchanges are gone through. */
interface CarriedExchange {
  readonly number: number;
  readonly peer: Endpoint;
  readonly local: Endpoint;
  readonly openedAt: number;
  readonly closedAt: number;
  readonly ranges: Readonly<Record<Direction, Range>>;
  readonly transfers: readonly Transfer[];
  /** After it the connection carries something else (RFC 9110 sections 9.3.6 and 15.2.2). */
  readonly beginsTunnel: boolean;
}

function carriedExchange(detail: ExchangeDetail): CarriedExchange {
  const { row, peer, local, connection } = detail;
  const { number, method, status } = row;
  return {
    number,
    peer,
    local,
    openedAt: connection.openedAt,
    closedAt: connection.closedAt,
    ranges: rangesOf(detail),
    transfers: transfersOf(exportedExchange(detail)),
    beginsTunnel: status === 101 || (method === 'CONNECT' && status >= 200 && status < 300),
  };
}

/** What a connection carried besides these exchanges: all of it, or what came after the one that began a tunnel. */
function* restOf(
  { blocks }: WholeConnection,
  exchanges: readonly CarriedExchange[],
  tunnel: CarriedExchange | null,
): SlicedWork<Transfer[]> {
  const rest: Transfer[] = [];
  for (const direction of ['received', 'sent'] as const) {
    const taken = yield* sortedInSlices(
      exchanges.map(({ ranges }) => ranges[direction]),
      (one, other) => one.start - other.start,
    );
    const from = tunnel === null ? 0 : tunnel.ranges[direction].end;
    // Both are in the order of offsets: what ended before a block, ended before all that follow.
    let first = 0;
    for (const [i, block] of blocks.entries()) {
      if (i % sliceItems === 0) yield;
      if (block.direction !== direction) continue;
      const { start, end, time, keptStart, kept } = block;
      while (first < taken.length && taken[first].end <= start) first++;
      const bytes = [{ offset: keptStart, bytes: kept }];
      for (const part of outside({ start: Math.max(start, from), end }, taken, first)) {
        const length = part.end - part.start;
        const pieces = piecesOf(bytes, part.start, part.end);
        rest.push({ direction, offset: part.start, length, pieces, time, remarks: [], comments: [] });
      }
    }
  }
  return rest;
}

/** Bytes of a direction of a connection: `start` inclusive, `end` exclusive. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** Where the messages of an exchange stand on its connection. */
function rangesOf({ connection, request, response }: ExchangeDetail): Record<Direction, Range> {
  const { requestStart } = connection;
  const responseStart = Math.max(0, connection.responseStart);
  return {
    received: { start: requestStart, end: requestStart + request.length },
    sent: { start: responseStart, end: responseStart + response.length },
  };
}

/** The parts of a range outside of all others, which are in order; those before index `first` end before it. */
function outside(range: Range, others: readonly Range[], first: number): Range[] {
  const parts: Range[] = [];
  let at = range.start;
  for (let i = first; i < others.length && others[i].start < range.end; i++) {
    const { start, end } = others[i];
    if (start > at) parts.push({ start: at, end: start });
    at = Math.max(at, end);
  }
  if (at < range.end) parts.push({ start: at, end: range.end });
  return parts;
}

/** Adds the life of a connection: `rest` is what it carried besides the exchanges. */
function* addSteps(
  steps: Step[],
  exchanges: readonly CarriedExchange[],
  rest: readonly Transfer[],
  whole: WholeConnection | null,
): SlicedWork<void> {
  const inOrder = yield* sortedInSlices(exchanges, (one, other) => one.number - other.number);
  const first = inOrder[0];
  const ends = whole ?? first;
  if (ends === undefined) return;
  const all = [...inOrder.flatMap(({ transfers }) => transfers), ...rest];
  yield;
  const transfers = yield* joinedReads(yield* sortedInSlices(all, (one, other) => one.offset - other.offset));
  let opened = whole?.openedAt || first?.openedAt || Number.MAX_VALUE;
  let closed = whole?.closedAt ?? inOrder.at(-1)?.closedAt ?? 0;
  const isClosed = closed > 0;
  for (const { time } of transfers) {
    opened = Math.min(opened, time);
    closed = Math.max(closed, time);
  }
  if (opened === Number.MAX_VALUE) return;
  const conversation = new PacketConversation(ends.peer, ends.local, {
    received: transfers.find(({ direction }) => direction === 'received')?.offset ?? 0,
    sent: transfers.find(({ direction }) => direction === 'sent')?.offset ?? 0,
  });
  steps.push({ kind: 'open', time: opened, conversation });
  for (const [i, transfer] of transfers.entries()) {
    steps.push({ kind: 'carry', time: transfer.time, conversation, transfer });
    if (i % sliceItems === 0) yield;
  }
  if (isClosed) steps.push({ kind: 'close', time: closed, conversation });
}

/** The reads and writes of an exchange, with what is to be said of each. */
export function transfersOf(exchange: ExportedExchange): Transfer[] {
  const { detail } = exchange;
  const { requestStart, responseStart } = detail.connection;
  const { marked, comment } = detail.row;
  const remark = { marked, comment };
  const transfers = [
    ...messageTransfers('received', requestStart, detail.request, commentsOn(exchange, 'request')),
    ...messageTransfers('sent', responseStart, detail.response, commentsOn(exchange, 'response')),
  ];
  return transfers.map((transfer, i) => (i === 0 ? { ...transfer, remarks: [remark] } : transfer));
}

interface PlacedComment {
  readonly at: number;
  readonly text: string;
}

function commentsOn(
  { detail, findings }: ExportedExchange,
  message: 'request' | 'response',
): PlacedComment[] {
  const comments: PlacedComment[] = [];
  if (detail.imported?.rebuilt === true) comments.push({ at: 0, text: rebuiltComment });
  for (const { severity, sentence, source, places } of findings) {
    const [place] = places;
    if ((place?.message ?? 'request') !== message) continue;
    const where = place === undefined ? '' : ` (${message} bytes ${place.start} to ${place.end - 1})`;
    comments.push({ at: place?.start ?? 0, text: `${severity}: ${sentence}${where} ${source.name}` });
  }
  return comments;
}

function messageTransfers(
  direction: Direction,
  messageStart: number,
  { segments, kept }: MessageDetail,
  comments: readonly PlacedComment[],
): Transfer[] {
  return segments.map(({ start, end, time }, index) => ({
    direction,
    offset: messageStart + start,
    length: end - start,
    pieces: piecesOf(kept, start, end),
    time,
    remarks: [],
    comments: comments
      .filter(({ at }) => at < end && (at >= start || index === 0))
      .concat(index === segments.length - 1 ? comments.filter(({ at }) => at >= end) : [])
      .map((comment) => comment.text),
  }));
}

function piecesOf(kept: MessageDetail['kept'], start: number, end: number): Transfer['pieces'] {
  const pieces: { bytes: Uint8Array | null; length: number }[] = [];
  let at = start;
  for (const { offset, bytes } of kept) {
    const from = Math.max(offset, at);
    const to = Math.min(offset + bytes.length, end);
    if (from >= to) continue;
    if (from > at) pieces.push({ bytes: null, length: from - at });
    pieces.push({ bytes: bytes.subarray(from - offset, to - offset), length: to - from });
    at = to;
  }
  if (at < end) pieces.push({ bytes: null, length: end - at });
  return pieces;
}

/** Joins transfers that one read brought, of several requests, into one packet again. */
function* joinedReads(transfers: readonly Transfer[]): SlicedWork<Transfer[]> {
  const joined: Transfer[] = [];
  for (const direction of ['received', 'sent'] as const) {
    let last: Transfer | null = null;
    for (const [i, transfer] of transfers.entries()) {
      if (i % sliceItems === 0) yield;
      if (transfer.direction !== direction) continue;
      if (last !== null && last.time === transfer.time && last.offset + last.length === transfer.offset) {
        joined.pop();
        last = together(last, transfer);
      } else {
        last = transfer;
      }
      joined.push(last);
    }
  }
  return joined;
}

function together(one: Transfer, other: Transfer): Transfer {
  const pieces = [...one.pieces, ...other.pieces];
  const whole = pieces.flatMap(({ bytes }) => (bytes === null ? [] : [bytes]));
  const length = one.length + other.length;
  return {
    ...one,
    length,
    pieces: whole.length === pieces.length ? [{ bytes: Buffer.concat(whole), length }] : pieces,
    remarks: [...one.remarks, ...other.remarks],
    comments: [...one.comments, ...other.comments],
  };
}
