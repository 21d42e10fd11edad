import type { Endpoint } from '../protocol/capture.ts';
import type { CapturedPacket } from './importBlocks.ts';
import { type CapturedSegment, segmentOf } from './importPackets.ts';

/** A piece of one direction of a connection. Offsets count from the first byte that it carried. */
export interface StreamPiece {
  readonly offset: number;
  readonly length: number;
  /** The first bytes of it, as far as they were captured. */
  readonly kept: Uint8Array;
  readonly time: number;
  readonly comments: readonly string[];
}

/** A reassembled TCP connection. Pieces are in the order of their offsets, without overlaps. */
export interface CapturedConnection {
  readonly client: Endpoint;
  readonly server: Endpoint;
  readonly openedAt: number;
  readonly closedAt: number;
  readonly isClosed: boolean;
  readonly isReset: boolean;
  readonly received: readonly StreamPiece[];
  readonly sent: readonly StreamPiece[];
}

class Half {
  readonly endpoint: Endpoint;
  private readonly pieces: StreamPiece[] = [];
  /** Sequence number of the byte at offset 0. */
  private base: number | null = null;
  /** The end of what was seen, as an offset. */
  private end = 0;

  constructor(endpoint: Endpoint) {
    this.endpoint = endpoint;
  }

  get hasData(): boolean {
    return this.pieces.length > 0;
  }

  begin(sequence: number, ofSpark: boolean): void {
    if (this.base !== null) return;
    // Spark's own sequence numbers say where the bytes stand on the connection, also in a part of it.
    this.base = ofSpark ? 1 : (sequence + 1) >>> 0;
    this.end = ofSpark ? sequence : 0;
  }

  add({ sequence, payload, length }: CapturedSegment, { time, comments, ofSpark }: CapturedPacket): void {
    if (this.base === null) this.begin((sequence - 1) >>> 0, ofSpark);
    // Numbers are modulo 2^32: the nearest to what was seen is meant.
    const offset = this.end + ((sequence - (this.base ?? 0) - this.end) | 0);
    if (offset < 0) return;
    this.end = Math.max(this.end, offset + length);
    this.pieces.push({ offset, length, kept: payload.subarray(0, length), time, comments });
  }

  /** Retransmissions are taken once. */
  inOrder(): StreamPiece[] {
    const sorted = this.pieces.sort((one, other) => one.offset - other.offset);
    const taken: StreamPiece[] = [];
    let end = 0;
    for (const piece of sorted) {
      const known = Math.max(0, end - piece.offset);
      if (known >= piece.length) continue;
      taken.push({
        ...piece,
        offset: piece.offset + known,
        length: piece.length - known,
        kept: piece.kept.subarray(known),
      });
      end = piece.offset + piece.length;
    }
    return taken;
  }
}

class Conversation {
  readonly halves: readonly [Half, Half];
  /** Which half is the client's; null until something tells. */
  client: 0 | 1 | null = null;
  private openedAt = Number.POSITIVE_INFINITY;
  private closedAt = 0;
  private ends = 0;
  isReset = false;

  constructor({ source, sourcePort, target, targetPort }: CapturedSegment) {
    this.halves = [
      new Half({ address: source, port: sourcePort }),
      new Half({ address: target, port: targetPort }),
    ];
  }

  /** A SYN after data is another connection between the same ports. */
  goesOn({ isSyn, isAck }: CapturedSegment): boolean {
    return !isSyn || isAck || !this.halves.some(({ hasData }) => hasData);
  }

  add(segment: CapturedSegment, packet: CapturedPacket): void {
    const { address, port } = this.halves[0].endpoint;
    const from = segment.source === address && segment.sourcePort === port ? 0 : 1;
    this.openedAt = Math.min(this.openedAt, packet.time);
    this.closedAt = Math.max(this.closedAt, packet.time);
    if (segment.isSyn) {
      this.client ??= segment.isAck === (from === 0) ? 1 : 0;
      this.halves[from].begin(segment.sequence, packet.ofSpark);
    } else if (segment.length > 0) {
      this.client ??= isResponse(segment.payload) === (from === 0) ? 1 : 0;
      this.halves[from].add(segment, packet);
    }
    if (segment.isFin) this.ends++;
    if (segment.isReset) this.isReset = true;
  }

  get connection(): CapturedConnection {
    const client = this.client ?? 0;
    const [asking, answering] = [this.halves[client], this.halves[1 - client]];
    return {
      client: asking.endpoint,
      server: answering.endpoint,
      openedAt: this.openedAt,
      closedAt: this.closedAt,
      isClosed: this.ends > 0 || this.isReset,
      isReset: this.isReset,
      received: asking.inOrder(),
      sent: answering.inOrder(),
    };
  }
}

function isResponse(payload: Uint8Array): boolean {
  return Buffer.from(payload.subarray(0, 5)).toString('latin1') === 'HTTP/';
}

/** The TCP connections that carried data, in the order in which they began. */
export function connectionsOf(packets: Iterable<CapturedPacket>): CapturedConnection[] {
  const all: Conversation[] = [];
  const current = new Map<string, Conversation>();
  for (const packet of packets) {
    const segment = segmentOf(packet);
    if (segment === null) continue;
    const ends = [
      `${segment.source} ${segment.sourcePort}`,
      `${segment.target} ${segment.targetPort}`,
    ].sort();
    const key = ends.join(' ');
    const known = current.get(key);
    let conversation = known?.goesOn(segment) === true ? known : undefined;
    if (conversation === undefined) {
      conversation = new Conversation(segment);
      current.set(key, conversation);
      all.push(conversation);
    }
    conversation.add(segment, packet);
  }
  return all
    .filter(({ halves }) => halves.some(({ hasData }) => hasData))
    .map(({ connection }) => connection);
}
