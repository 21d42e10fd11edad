import { capturedLimits } from '../http/captured.ts';
import { dissect } from '../http/dissect.ts';
import { MessageFacts } from '../http/findings/exchangeFacts.ts';
import type { RuleId } from '../http/rules.ts';
import type { StreamPiece } from './importStreams.ts';

/** A message in one direction of a connection. Offsets count as those of the pieces; -1 where there is none. */
export interface FoundMessage {
  readonly start: number;
  readonly bodyStart: number;
  /** Exclusive. */
  readonly end: number;
  readonly complete: boolean;
  readonly method: string;
  readonly target: string;
  readonly status: number;
  readonly rule: RuleId | '';
  readonly ruleOffset: number;
}

/** Bytes that follow each other without a gap. */
interface Run {
  readonly start: number;
  readonly bytes: Uint8Array;
}

/** Pieces that follow each other, whether their bytes are there or not. */
interface Extent {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

const startLines = {
  request: /^[!#$%&'*+.^_`|~0-9A-Za-z-]+ [^\s]+ HTTP\/1\.[01]\r?\n/,
  response: /^HTTP\/1\.[01] \d{3}[ \r]/,
} as const;

/** Finds the messages in one direction of a connection, where bytes may be missing. */
export class MessageFinder {
  private readonly message: 'request' | 'response';
  private readonly pieces: readonly StreamPiece[];
  /** Whether the last byte is the last that was sent. */
  private readonly isClosed: boolean;
  /** Messages are looked for from the front: those before these indices are behind. */
  private readonly runs: readonly Run[];
  private run = 0;
  private readonly extents: readonly Extent[];
  private extent = 0;
  private at: number;

  constructor(message: 'request' | 'response', pieces: readonly StreamPiece[], isClosed: boolean) {
    this.message = message;
    this.pieces = pieces;
    this.isClosed = isClosed;
    this.runs = runsOf(pieces);
    this.extents = extentsOf(pieces);
    this.at = pieces[0]?.offset ?? 0;
  }

  /** The message behind the one before; null where no more bytes are. `requestMethod`: of what a response answers. */
  next(requestMethod = 'GET'): FoundMessage | null {
    while (this.run < this.runs.length && endOf(this.runs[this.run]) <= this.at) this.run++;
    if (this.run === this.runs.length) return null;
    const run = this.runs[this.run];
    const start = Math.max(this.at, run.start);
    const found = this.messageAt(start, run.bytes.subarray(start - run.start), requestMethod);
    // An empty message would not move on: go one byte further.
    this.at = Math.max(found.end, start + 1);
    return found;
  }

  private messageAt(start: number, bytes: Uint8Array, requestMethod: string): FoundMessage {
    const isLast = this.extentEnd(start) === start + bytes.length && this.isLastRun(start + bytes.length);
    const { spans, violation, complete } = dissect(this.message, bytes, {
      requestMethod,
      connectionEnded: this.isClosed && isLast,
      limits: capturedLimits,
    });
    const length = bytes.length;
    const facts = new MessageFacts({ bytes, length, complete, spans, violation, transfers: [] });
    const text = (name: 'method' | 'request-target' | 'status-code') => facts.text(facts.token(name));
    const known = {
      start,
      bodyStart: facts.hasHead ? start + facts.bodyStart : -1,
      method: text('method'),
      target: text('request-target'),
      status: Number(text('status-code')) || 0,
      rule: violation?.rule ?? '',
      ruleOffset: violation?.offset ?? -1,
    } as const;
    if (complete && violation === null) {
      const parsed = spans.findLast(({ name }) => name !== 'unparsed')?.end ?? length;
      return { ...known, end: start + parsed, complete };
    }
    // After what is malformed nobody reads on.
    if (violation !== null) return { ...known, end: this.extentEnd(start), complete: true };
    return { ...known, ...this.endAcrossGap(start, length, facts) };
  }

  /** The bytes ended before the message did: where it ends if the missing ones are its own. */
  private endAcrossGap(
    start: number,
    length: number,
    facts: MessageFacts,
  ): Pick<FoundMessage, 'end' | 'complete'> {
    const extent = this.extentEnd(start);
    const missing = start + length;
    if (extent === missing) return { end: extent, complete: false };
    const declared = Number(/^\d{1,15}$/.exec(facts.value('content-length'))?.[0] ?? Number.NaN);
    const end = start + facts.bodyStart + declared;
    if (facts.hasHead && end >= missing && end <= extent) return { end, complete: true };
    // In chunks nothing tells how many follow, but a piece that begins as a message does.
    for (let i = firstEndingAfter(this.pieces, missing); i < this.pieces.length; i++) {
      const { offset, kept } = this.pieces[i];
      if (offset >= extent) break;
      if (offset > missing && this.beginsMessage(kept)) return { end: offset, complete: true };
    }
    return { end: extent, complete: this.isClosed && this.isLastRun(extent) };
  }

  private beginsMessage(kept: Uint8Array): boolean {
    return startLines[this.message].test(Buffer.from(kept.subarray(0, 4096)).toString('latin1'));
  }

  /** Where the pieces that follow each other from here on end, whether their bytes are there or not. */
  private extentEnd(from: number): number {
    while (this.extent < this.extents.length && this.extents[this.extent].end <= from) this.extent++;
    return this.extents[this.extent]?.end ?? from;
  }

  private isLastRun(end: number): boolean {
    const last = this.pieces.at(-1);
    return last === undefined || last.offset + last.length <= end;
  }
}

function endOf({ start, bytes }: Run): number {
  return start + bytes.length;
}

function extentsOf(pieces: readonly StreamPiece[]): Extent[] {
  const extents: { start: number; end: number }[] = [];
  for (const { offset, length } of pieces) {
    const last = extents.at(-1);
    if (last?.end === offset) last.end += length;
    else extents.push({ start: offset, end: offset + length });
  }
  return extents;
}

function runsOf(pieces: readonly StreamPiece[]): Run[] {
  const runs: Run[] = [];
  for (let i = 0; i < pieces.length; ) {
    const start = pieces[i].offset;
    const parts: Uint8Array[] = [];
    let end = start;
    while (i < pieces.length && pieces[i].offset === end) {
      const { kept, length } = pieces[i++];
      parts.push(kept);
      end += kept.length;
      if (kept.length < length) break;
    }
    const bytes = Uint8Array.from(Buffer.concat(parts));
    if (bytes.length > 0) runs.push({ start, bytes });
  }
  return runs;
}

/** Index of the first piece that ends behind an offset: pieces stand in order. */
export function firstEndingAfter(
  pieces: readonly { readonly offset: number; readonly length: number }[],
  offset: number,
): number {
  let low = 0;
  let high = pieces.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (pieces[middle].offset + pieces[middle].length <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
