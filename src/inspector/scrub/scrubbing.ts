import {
  bytesUntilViolation,
  type ParserAtWorkOptions,
  type ParserStanding,
  parserAfter,
} from '../../http/parserAtWork.ts';
import { lineIndexAt } from '../meaning.ts';
import type { MessageView } from '../messageView.ts';
import { spanIndexAt } from '../spanIndex.ts';
import { ScrubStops } from './scrubStops.ts';

/** How far a key goes. */
export type ScrubStep = 'stop' | 'token' | 'line';

/** A message with the parser that goes through it. */
export class Scrubbing {
  readonly message: MessageView;
  readonly stops: ScrubStops;
  private readonly bytes: Uint8Array;
  private readonly options: ParserAtWorkOptions;

  constructor(message: MessageView, requestMethod: string) {
    this.message = message;
    // As in `capturedRequest`.
    this.options = { requestMethod, overTls: message.violation?.rule !== 'target-scheme' };
    // Nothing can be parsed across missing bytes.
    this.bytes = message.bytes.stretches[0]?.bytes ?? new Uint8Array(0);
    this.stops = new ScrubStops(message.spans, this.lastFed());
  }

  get kind(): 'request' | 'response' {
    return this.message.direction === 'received' ? 'request' : 'response';
  }

  /** Where the parser stands after so many bytes. */
  after(fed: number): ParserStanding {
    return parserAfter(this.kind, this.bytes, fed, this.options);
  }

  /** Whether the message goes on behind the last stop, in bytes that were not kept. */
  get goesOnUnkept(): boolean {
    return this.stops.end === this.bytes.length && this.bytes.length < this.message.bytes.length;
  }

  /** How many bytes the parser has been fed after one step on, or back. */
  step(fed: number, step: ScrubStep, direction: 1 | -1): number {
    const { stops, message } = this;
    if (step === 'stop') return stops.fedAt(Math.min(stops.last, stops.stopAt(fed) + direction));
    const ranges = step === 'token' ? message.spans : message.lines;
    const at = (offset: number) =>
      step === 'token' ? spanIndexAt(ranges, offset) : lineIndexAt(message.lines, offset);
    if (direction === 1) {
      const index = at(fed);
      return Math.min(stops.end, index < 0 ? stops.end : ranges[index].end);
    }
    const index = at(fed - 1);
    return index < 0 ? 0 : ranges[index].start;
  }

  /** The byte to look at: the last one that was read; at the end, the one that broke a rule. */
  byteAt(fed: number): number {
    const { violation } = this.message;
    if (fed >= this.stops.end && violation !== null)
      return Math.min(violation.offset, this.message.bytes.length - 1);
    return fed - 1;
  }

  private lastFed(): number {
    const { bytes, message } = this;
    const { violation, spans } = message;
    if (violation !== null) {
      const found = bytesUntilViolation(this.kind, bytes, this.options);
      // A refusal for a limit or for time is due to no byte: the server read this far.
      return this.after(found).violation === null ? Math.min(violation.offset, bytes.length) : found;
    }
    const last = spans.at(-1);
    const end = last?.name === 'unparsed' ? last.start : (last?.end ?? 0);
    return Math.min(end, bytes.length);
  }
}
