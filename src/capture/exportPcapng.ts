import type { Direction, Endpoint } from '../protocol/capture.ts';
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

/**
 * Packet comments that hold a user's marks and comments, so that an import finds them again. `nth`: which of the requests
 * that begin in the packet, counted from 1; 0 where the comment that was read does not say it.
 */
export const userMark = {
  write: (nth: number) => (nth > 1 ? `Marked (request ${nth} of this packet).` : 'Marked.'),
  read: (comment: string) => readRemark(/^Marked(?: \(request (\d{1,9}) of this packet\))?\.$()/, comment),
};
/** As `userMark`, for the user's comment. */
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

/** The beginning of packet comments with Spark's findings. */
export const findingComment = /^(error|warning|note): /;
/** The packet comment of connections that were rebuilt. */
export const rebuiltComment = 'Rebuilt from what a HAR file says: these are not the bytes on the wire.';

/** The blocks that begin a file, or a stream. */
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

/** A user's mark and comment on an exchange; an empty comment is none. */
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
