import type { Direction } from '../protocol/capture.ts';
import type { ConnectionKey } from '../protocol/follow.ts';
import type { ExchangeDetail, MessageDetail } from '../protocol/inspector.ts';
import { type ExportedExchange, exportedExchange } from './exportExchange.ts';
import { PacketConversation, pcapngStart, rebuiltComment, type Transfer } from './exportPcapng.ts';
import type { WholeConnection } from './followConnection.ts';

const nothing = new Uint8Array(0);

type Step =
  | { readonly kind: 'open' | 'close'; readonly time: number; readonly conversation: PacketConversation }
  | {
      readonly kind: 'carry';
      readonly time: number;
      readonly conversation: PacketConversation;
      readonly transfer: Transfer;
    };

/** Where the bytes are that belong to no exchange. */
export interface ConnectionBytes {
  /** All that is stored of a connection; null where it is not stored. */
  readonly wholeConnection: (connection: ConnectionKey) => WholeConnection | null;
  /** Connections that are exported with every byte, whether it belongs to an exchange or not. */
  readonly connections: readonly ConnectionKey[];
}

export const exchangesOnly: ConnectionBytes = { wholeConnection: () => null, connections: [] };

/** The pieces of a pcapng file, in the order of time. Exchanges that began a tunnel bring its bytes along. */
export function* pcapngFile(
  details: Iterable<ExchangeDetail>,
  version: string,
  { wholeConnection, connections }: ConnectionBytes = exchangesOnly,
): Generator<Uint8Array> {
  yield pcapngStart(version);
  const exchanges = new Map<ConnectionKey, ExportedExchange[]>(connections.map((key) => [key, []]));
  for (const detail of details) {
    const { row } = detail;
    const key = `${row.key.slice(0, row.key.lastIndexOf('/'))}/${row.connection}`;
    const known = exchanges.get(key);
    if (known === undefined) exchanges.set(key, [exportedExchange(detail)]);
    else known.push(exportedExchange(detail));
    // Whoever writes the file may do something else in between.
    yield nothing;
  }
  const steps = [...exchanges].flatMap(([key, exported]) => {
    const isWhole = connections.includes(key);
    const tunnel = exported.find(beganTunnel);
    const whole = isWhole || tunnel !== undefined ? wholeConnection(key) : null;
    const rest = whole === null ? [] : restOf(whole, exported, isWhole ? null : (tunnel ?? null));
    return stepsOf(exported, rest, whole);
  });
  for (const step of steps.sort((one, other) => one.time - other.time)) {
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

/** After such an exchange the connection carries something else (RFC 9110 sections 9.3.6 and 15.2.2). */
function beganTunnel({ detail: { row } }: ExportedExchange): boolean {
  return row.status === 101 || (row.method === 'CONNECT' && row.status >= 200 && row.status < 300);
}

/** What a connection carried beside these exchanges: all of it, or what came behind the one that began a tunnel. */
function restOf(
  { blocks }: WholeConnection,
  exchanges: readonly ExportedExchange[],
  tunnel: ExportedExchange | null,
): Transfer[] {
  const ranges = exchanges.map(({ detail }) => rangesOf(detail));
  const from = tunnel === null ? null : rangesOf(tunnel.detail);
  return blocks.flatMap(({ direction, start, end, time, keptStart, kept }) => {
    const taken = ranges.map((range) => range[direction]);
    const bytes = [{ offset: keptStart, bytes: kept }];
    return outside({ start: Math.max(start, from?.[direction].end ?? 0), end }, taken).map((part) => ({
      direction,
      offset: part.start,
      length: part.end - part.start,
      pieces: piecesOf(bytes, part.start, part.end),
      time,
      remarks: [],
      comments: [],
    }));
  });
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

/** The parts of a range that lie in none of the others. */
function outside(range: Range, others: readonly Range[]): Range[] {
  let left = range.start < range.end ? [range] : [];
  for (const { start, end } of others) {
    left = left.flatMap((part) =>
      end <= part.start || start >= part.end
        ? [part]
        : [
            { start: part.start, end: Math.min(start, part.end) },
            { start: Math.max(end, part.start), end: part.end },
          ].filter((one) => one.start < one.end),
    );
  }
  return left;
}

/** The life of a connection: `rest` is what it carried beside the exchanges. */
function stepsOf(
  exchanges: readonly ExportedExchange[],
  rest: readonly Transfer[],
  whole: WholeConnection | null,
): Step[] {
  const inOrder = exchanges.toSorted((one, other) => one.detail.row.number - other.detail.row.number);
  const first = inOrder[0]?.detail;
  const ends = whole ?? first;
  if (ends === undefined) return [];
  const transfers = joinedReads(
    [...inOrder.flatMap((exchange) => transfersOf(exchange)), ...rest].sort(
      (one, other) => one.offset - other.offset,
    ),
  );
  const conversation = new PacketConversation(ends.peer, ends.local, {
    received: transfers.find(({ direction }) => direction === 'received')?.offset ?? 0,
    sent: transfers.find(({ direction }) => direction === 'sent')?.offset ?? 0,
  });
  const times = transfers.map(({ time }) => time);
  const openedAt = whole?.openedAt ?? first?.connection.openedAt ?? 0;
  const opened = times.reduce((least, time) => Math.min(least, time), openedAt || Number.MAX_VALUE);
  if (opened === Number.MAX_VALUE) return [];
  const steps: Step[] = [{ kind: 'open', time: opened, conversation }];
  for (const transfer of transfers)
    steps.push({ kind: 'carry', time: transfer.time, conversation, transfer });
  const last = whole?.closedAt ?? inOrder.at(-1)?.detail.connection.closedAt ?? 0;
  if (last > 0) {
    const closed = times.reduce((most, time) => Math.max(most, time), last);
    steps.push({ kind: 'close', time: closed, conversation });
  }
  return steps;
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

/** What one read brought of several requests is one packet again. */
function joinedReads(transfers: readonly Transfer[]): Transfer[] {
  const joined: Transfer[] = [];
  for (const direction of ['received', 'sent'] as const) {
    let last: Transfer | null = null;
    for (const transfer of transfers) {
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
