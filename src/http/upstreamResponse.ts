import { latin1 } from './bytes.ts';
import { endToEnd, endToEndTrailers } from './hopByHop.ts';
import type { Limits } from './limits.ts';
import type { Field } from './message.ts';
import { MessageParser } from './parser.ts';
import { ruleSource, rules } from './rules.ts';

/** Interim responses to one request: a server that sends more could keep the request open for ever. */
const mostInterim = 100;

/** The head of a response, without its hop-by-hop fields. */
export interface ReceivedHead {
  readonly status: number;
  readonly reason: string;
  readonly fields: readonly Field[];
  /** Length of the content in bytes, where the head says it; for HEAD, of what GET would get. */
  readonly length: number | null;
  /** Whether content may follow at all. */
  readonly hasContent: boolean;
}

/**
 * The response of an upstream server, parsed as it comes. It is to be sent on, so nothing about its framing may be in
 * doubt: where it breaks a rule, or the connection ends too early, there is a `problem` and no more content.
 */
export class UpstreamResponse {
  /** What is wrong with it, in a sentence; empty while nothing is. */
  problem = '';
  private readonly parser: MessageParser;
  private readonly maySwitch: boolean;
  private readonly heads: ReceivedHead[] = [];
  private pieces: Uint8Array[] = [];
  private waiting = 0;
  private finalHead: ReceivedHead | null = null;
  private switched = false;
  private finished = false;
  private interim = 0;
  private excess = 0;

  /** `maySwitch`: the request has asked for another protocol, so 101 may be the response. */
  constructor(requestMethod: string, limits: Limits, maySwitch: boolean) {
    // The status line has the limit of a request line. The content is passed on, not held: it needs no limit.
    this.parser = new MessageParser({
      message: 'response',
      limits: { ...limits, body: Number.MAX_SAFE_INTEGER },
    });
    this.parser.requestMethod = requestMethod;
    this.parser.whenContent = (bytes, start, end) => this.keep(bytes.slice(start, end));
    this.maySwitch = maySwitch;
  }

  /** Whether all of it has come. */
  get isComplete(): boolean {
    return this.finished;
  }

  /** Whether the final head has come, or 101. */
  get hasAnswered(): boolean {
    return this.finalHead !== null;
  }

  /** Bytes of content that have not been taken yet. */
  get pending(): number {
    return this.waiting;
  }

  /** Bytes that came after its end. */
  get excessBytes(): number {
    return this.excess;
  }

  get trailers(): Field[] {
    return endToEndTrailers(this.parser.trailers);
  }

  receive(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length && this.problem === ''; ) {
      if (this.switched) {
        this.keep(bytes.slice(i));
        return;
      }
      if (this.finished) {
        this.excess += bytes.length - i;
        return;
      }
      const headWasComplete = this.parser.headComplete;
      i = this.parser.parse(bytes, i, bytes.length);
      if (this.parser.violation !== null) this.breakRule();
      else if (!headWasComplete && this.parser.headComplete) this.endHead();
      if (this.parser.complete && this.finalHead !== null && !this.switched) this.finished = true;
    }
  }

  /** The upstream server has ended its side of the connection. */
  end(): void {
    if (this.problem !== '' || this.finished) return;
    if (this.switched) {
      this.finished = true;
      return;
    }
    this.parser.finish(true);
    if (this.parser.complete && this.finalHead !== null) this.finished = true;
    else if (this.finalHead !== null)
      this.problem = 'It ended the connection before its answer was complete.';
    else if (this.parser.started) this.problem = 'It ended the connection within the head of its answer.';
    else this.problem = 'It ended the connection without an answer.';
  }

  /** The next head, each once: interim ones (1xx), then the final one, or 101. */
  nextHead(): ReceivedHead | null {
    return this.heads.shift() ?? null;
  }

  /** The next bytes of the content, which belong to the caller; null where none have come. */
  takeContent(): Uint8Array | null {
    const piece = this.pieces.shift() ?? null;
    if (piece !== null) this.waiting -= piece.length;
    return piece;
  }

  private keep(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.pieces.push(piece);
    this.waiting += piece.length;
  }

  private breakRule(): void {
    const { violation } = this.parser;
    if (violation === null) return;
    const rule = rules[violation.rule];
    this.problem = `Its answer is malformed at byte ${violation.offset}: ${rule.sentence} (${ruleSource(rule).name})`;
  }

  private endHead(): void {
    const { status } = this.parser.head;
    const fields = this.fields();
    const encoding = valuesOf(fields, 'transfer-encoding');
    if (status < 100) {
      this.problem = `Its answer has the status code ${String(status).padStart(3, '0')}; codes begin at 100. (RFC 9110 section 15)`;
    } else if (status === 101 && !this.maySwitch) {
      this.problem = 'It switched to another protocol, which the request did not ask for.';
    } else if (encoding.length > 0 && encoding.join().trim().toLowerCase() !== 'chunked') {
      this.problem = `Its answer has the transfer coding ${encoding.join(', ')}; only chunked can be sent on.`;
    } else if (status < 200 && status !== 101 && ++this.interim > mostInterim) {
      this.problem = `It sent more than ${mostInterim} interim answers (1xx), and no final one.`;
    } else if (status < 200 && status !== 101) {
      this.heads.push(this.headOf(fields, false));
      this.parser.reset();
    } else {
      const { kind } = this.parser.framing;
      this.switched = status === 101;
      this.finalHead = this.headOf(fields, kind !== 'none');
      this.heads.push(this.finalHead);
    }
  }

  private headOf(fields: readonly Field[], hasContent: boolean): ReceivedHead {
    const { head } = this.parser;
    const line = latin1(head.bytes, head.base, head.base + head.end).split('\r\n', 1)[0] ?? '';
    const length = valuesOf(fields, 'content-length')[0];
    return {
      status: head.status,
      reason: /^\S+ \d{3} (.*)$/.exec(line)?.[1] ?? '',
      fields: endToEnd(fields),
      length: length === undefined ? null : Number(length),
      hasContent,
    };
  }

  private fields(): Field[] {
    const { head } = this.parser;
    const text = (start: number, end: number) => latin1(head.bytes, head.base + start, head.base + end);
    return Array.from({ length: head.fieldCount }, (_, field) => [
      text(head.nameStart(field), head.nameEnd(field)),
      text(head.valueStart(field), head.valueEnd(field)),
    ]);
  }
}

function valuesOf(fields: readonly Field[], name: string): string[] {
  return fields.filter(([one]) => one.toLowerCase() === name).map(([, value]) => value);
}
