import type { Direction, Endpoint } from '../protocol/capture.ts';
import type { ExchangeDetail, MessageDetail } from '../protocol/inspector.ts';
import { type ExportedExchange, exportedExchange } from './exportExchange.ts';
import { mostPayload, PacketMaker, type Segment, tcpFlags } from './exportPackets.ts';

/** Blocks and options of draft-ietf-opsawg-pcapng. */
const sectionHeaderBlock = 0x0a0d0d0a;
const interfaceBlock = 1;
const enhancedPacketBlock = 6;
const optComment = 1;
const shbUserApplication = 4;
const ifName = 2;
const ifTimeResolution = 9;
const packetFlags = 2;
const linkTypeRaw = 101;
const nanoseconds = 9;

const honesty =
  'Payload bytes and their times are what read() and write() returned in the server. IP and TCP headers are made up from them: no retransmissions, no real segmentation.';

const nothing = new Uint8Array(0);

/**
 * What the user said of an exchange, so that an import finds it again. `nth`: of the requests that begin in the packet,
 * counted from 1; 0 in what was read where there is no need to say it.
 */
export const userMark = {
  write: (nth: number) => (nth > 1 ? `Marked (request ${nth} of this packet).` : 'Marked.'),
  read: (comment: string) => readRemark(/^Marked(?: \(request (\d{1,9}) of this packet\))?\.$()/, comment),
};
export const userComment = {
  write: (text: string, nth: number) =>
    `Comment${nth > 1 ? ` (request ${nth} of this packet)` : ''}: ${text}`,
  read: (comment: string) =>
    readRemark(/^Comment(?: \(request (\d{1,9}) of this packet\))?: ([\s\S]*)$/, comment),
};

function readRemark(form: RegExp, comment: string): { nth: number; text: string } | null {
  const [whole, nth, text = ''] = form.exec(comment) ?? [];
  return whole === undefined ? null : { nth: Number(nth ?? 0), text };
}

/** How the comments begin that say what Spark found. */
export const findingComment = /^(error|warning|note): /;
export const rebuiltComment = 'Rebuilt from what a HAR file says: these are not the bytes on the wire.';

/** What begins a file, or a stream. */
export function pcapngStart(version: string): Uint8Array {
  const section = new Uint8Array(16);
  const view = new DataView(section.buffer);
  view.setUint32(0, 0x1a2b3c4d, true);
  view.setUint16(4, 1, true);
  view.setBigInt64(8, -1n, true);
  const device = new Uint8Array(8);
  new DataView(device.buffer).setUint16(0, linkTypeRaw, true);
  return Buffer.concat([
    block(sectionHeaderBlock, section, [
      [optComment, text(honesty)],
      [shbUserApplication, text(`Spark ${version}`)],
    ]),
    block(interfaceBlock, device, [
      [ifName, text('Spark')],
      [ifTimeResolution, Uint8Array.of(nanoseconds)],
    ]),
  ]);
}

/** What one read or write carried. Bytes that were not kept are null. */
export interface Transfer {
  readonly direction: Direction;
  /** Counted from the first byte that the connection received or sent. */
  readonly offset: number;
  readonly length: number;
  readonly pieces: readonly { readonly bytes: Uint8Array | null; readonly length: number }[];
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** What the user said of the exchanges whose requests begin in it. */
  readonly remarks: readonly Remark[];
  readonly comments: readonly string[];
}

export interface Remark {
  readonly marked: boolean;
  readonly comment: string;
}

/** A connection as packets: three for its beginning, one or more for each read and write, three for its end. */
export class PacketConversation {
  private readonly packets: PacketMaker;
  /** Where each direction's next byte is expected: its sequence number is one more, since SYN has the first. */
  private readonly next: Record<Direction, number>;

  /** `firsts`: offsets of the first bytes that follow. */
  constructor(peer: Endpoint, local: Endpoint, firsts: Readonly<Record<Direction, number>>) {
    this.packets = new PacketMaker(peer, local);
    this.next = { ...firsts };
  }

  *open(time: number): Generator<Uint8Array> {
    const { syn, ack } = tcpFlags;
    yield this.bare('received', this.next.received, syn, time);
    yield this.bare('sent', this.next.sent, syn | ack, time);
    yield this.bare('received', this.next.received + 1, ack, time);
  }

  *carry({ direction, offset, pieces, time, comments, remarks }: Transfer): Generator<Uint8Array> {
    let at = offset;
    let due = [...remarks.flatMap(remarkComments), ...comments];
    for (const piece of pieces) {
      for (let start = 0; start < piece.length; start += mostPayload) {
        const length = Math.min(mostPayload, piece.length - start);
        const payload = piece.bytes === null ? null : piece.bytes.subarray(start, start + length);
        const flags = tcpFlags.psh | tcpFlags.ack;
        yield this.block({ from: direction, sequence: at + 1, flags, payload, length }, time, due);
        due = [];
        at += length;
      }
    }
    this.next[direction] = Math.max(this.next[direction], at);
  }

  *close(time: number): Generator<Uint8Array> {
    const { fin, ack } = tcpFlags;
    yield this.bare('sent', this.next.sent + 1, fin | ack, time);
    this.next.sent++;
    yield this.bare('received', this.next.received + 1, fin | ack, time);
    this.next.received++;
    yield this.bare('sent', this.next.sent + 1, ack, time);
  }

  private bare(from: Direction, sequence: number, flags: number, time: number): Uint8Array {
    return this.block({ from, sequence, flags, payload: null, length: 0 }, time, []);
  }

  private block(
    segment: Omit<Segment, 'acknowledged'>,
    time: number,
    comments: readonly string[],
  ): Uint8Array {
    const other = segment.from === 'received' ? 'sent' : 'received';
    const { bytes, length } = this.packets.packet({
      ...segment,
      sequence: segment.sequence % 2 ** 32,
      acknowledged: (this.next[other] + 1) % 2 ** 32,
    });
    const body = new Uint8Array(20 + padded(bytes.length));
    const view = new DataView(body.buffer);
    // Of milliseconds with fractions, a double holds a quarter of a microsecond.
    const stamp = BigInt(Math.round(time * 1000)) * 1000n;
    view.setUint32(4, Number(stamp >> 32n), true);
    view.setUint32(8, Number(stamp & 0xffff_ffffn), true);
    view.setUint32(12, bytes.length, true);
    view.setUint32(16, length, true);
    body.set(bytes, 20);
    const flags = Uint8Array.of(segment.from === 'received' ? 1 : 2, 0, 0, 0);
    return block(enhancedPacketBlock, body, [
      ...comments.map((comment) => [optComment, text(comment)] as const),
      [packetFlags, flags],
    ]);
  }
}

function remarkComments({ marked, comment }: Remark, index: number): string[] {
  return [
    ...(marked ? [userMark.write(index + 1)] : []),
    ...(comment === '' ? [] : [userComment.write(comment, index + 1)]),
  ];
}

type Step =
  | { readonly kind: 'open' | 'close'; readonly time: number; readonly conversation: PacketConversation }
  | {
      readonly kind: 'carry';
      readonly time: number;
      readonly conversation: PacketConversation;
      readonly transfer: Transfer;
    };

/** The pieces of a pcapng file with these exchanges, in the order of time. */
export function* pcapngFile(details: Iterable<ExchangeDetail>, version: string): Generator<Uint8Array> {
  yield pcapngStart(version);
  const connections = new Map<string, ExportedExchange[]>();
  for (const detail of details) {
    const { row } = detail;
    const key = `${row.key.slice(0, row.key.lastIndexOf('/'))}/${row.connection}`;
    const known = connections.get(key);
    if (known === undefined) connections.set(key, [exportedExchange(detail)]);
    else known.push(exportedExchange(detail));
    // Whoever writes the file may do something else in between.
    yield nothing;
  }
  const steps = [...connections.values()].flatMap(stepsOf);
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

function stepsOf(exchanges: readonly ExportedExchange[]): Step[] {
  const inOrder = exchanges.toSorted((one, other) => one.detail.row.number - other.detail.row.number);
  const [{ detail: first }] = inOrder;
  const sent = inOrder.map(({ detail }) => detail.connection.responseStart).filter((start) => start >= 0);
  const conversation = new PacketConversation(first.peer, first.local, {
    received: first.connection.requestStart,
    sent: Math.min(...sent, Number.MAX_SAFE_INTEGER) % Number.MAX_SAFE_INTEGER,
  });
  const transfers = joinedReads(inOrder.flatMap((exchange) => transfersOf(exchange)));
  const times = transfers.map(({ time }) => time);
  const opened = times.reduce(
    (least, time) => Math.min(least, time),
    first.connection.openedAt || Number.MAX_VALUE,
  );
  const steps: Step[] = [{ kind: 'open', time: opened, conversation }];
  for (const transfer of transfers)
    steps.push({ kind: 'carry', time: transfer.time, conversation, transfer });
  const last = inOrder.at(-1)?.detail.connection.closedAt ?? 0;
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

function text(content: string): Uint8Array {
  const bytes = Buffer.from(content, 'utf8');
  return bytes.length <= longestOption
    ? bytes
    : Buffer.from(bytes.subarray(0, longestOption).toString('utf8'));
}

/** The length of an option has 16 bits. */
const longestOption = 60_000;

function block(
  type: number,
  body: Uint8Array,
  options: readonly (readonly [code: number, value: Uint8Array])[],
): Uint8Array {
  const optionBytes = options.reduce((sum, [, value]) => sum + 4 + padded(value.length), 4);
  const length = 12 + body.length + optionBytes;
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, length, true);
  bytes.set(body, 8);
  let at = 8 + body.length;
  for (const [code, value] of options) {
    view.setUint16(at, code, true);
    view.setUint16(at + 2, value.length, true);
    bytes.set(value, at + 4);
    at += 4 + padded(value.length);
  }
  view.setUint32(length - 4, length, true);
  return bytes;
}

function padded(length: number): number {
  return (length + 3) & ~3;
}
