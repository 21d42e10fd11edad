import { type Part, trimmed } from '../content/range.ts';
import type { Span } from '../dissect.ts';
import type { Violation } from '../violation.ts';

/** A field of a message, with its place. */
export interface FieldFact {
  /** As on the wire. */
  readonly name: string;
  /** One character per byte. */
  readonly value: string;
  readonly namePart: Part;
  /** The value without white space around it; empty where there is none. */
  readonly valuePart: Part;
}

/** One read or write. Offsets count from the message's first byte; times are milliseconds since the epoch. */
export interface Transfer {
  readonly start: number;
  readonly end: number;
  readonly time: number;
}

/** What is known of a message. */
export interface MessageInput {
  /** What was kept from the first byte on, without a gap. */
  readonly bytes: Uint8Array;
  /** Bytes on the wire, kept or not. */
  readonly length: number;
  readonly complete: boolean;
  readonly spans: readonly Span[];
  readonly violation: Violation | null;
  readonly transfers: readonly Transfer[];
}

/** A message as findings look at it. Of a response, the head is that of the final one. */
export class MessageFacts {
  readonly input: MessageInput;
  readonly fields: readonly FieldFact[];
  readonly trailers: readonly FieldFact[];
  /** The tokens of the start line, by name. */
  private readonly startLine = new Map<string, Span>();
  /** Where the body begins. */
  readonly bodyStart: number;
  /** The spans of the body's data. */
  readonly data: readonly Span[];
  readonly chunkSizes: readonly Span[];
  /** Interim responses before the final one. */
  readonly interim: number;

  constructor(input: MessageInput) {
    this.input = input;
    const { spans } = input;
    const fields: FieldFact[] = [];
    const trailers: FieldFact[] = [];
    const data: Span[] = [];
    const chunkSizes: Span[] = [];
    let bodyStart = 0;
    let interim = -1;
    spans.forEach((span, index) => {
      switch (span.name) {
        case 'HTTP-version':
        case 'method':
        case 'request-target':
        case 'status-code':
        case 'reason-phrase':
          if (span.name === 'status-code') {
            interim++;
            fields.length = 0;
          }
          this.startLine.set(span.name, span);
          break;
        case 'field-name':
          fields.push(this.fieldAt(index, 'field-value'));
          break;
        case 'trailer-name':
          trailers.push(this.fieldAt(index, 'trailer-value'));
          break;
        case 'header-end':
          bodyStart = span.end;
          break;
        case 'message-body':
        case 'chunk-data':
          data.push(span);
          break;
        case 'chunk-size':
          chunkSizes.push(span);
          break;
      }
    });
    this.fields = fields;
    this.trailers = trailers;
    this.data = data;
    this.chunkSizes = chunkSizes;
    this.bodyStart = bodyStart;
    this.interim = Math.max(interim, 0);
  }

  get hasHead(): boolean {
    return this.bodyStart > 0;
  }

  /** Bytes of data in the body, without what delimits chunks. */
  get bodyLength(): number {
    return this.data.reduce((sum, { start, end }) => sum + end - start, 0);
  }

  /** The place of a token of the start line. */
  token(name: 'method' | 'request-target' | 'HTTP-version' | 'status-code' | 'reason-phrase'): Part | null {
    return this.startLine.get(name) ?? null;
  }

  /** The kept bytes of a part, one character per byte. */
  text(part: Part | null): string {
    if (part === null) return '';
    let text = '';
    const end = Math.min(part.end, this.input.bytes.length, part.start + longestText);
    for (let at = part.start; at < end; at++) text += String.fromCharCode(this.input.bytes[at]);
    return text;
  }

  /** The first field of a name, in any case; null where there is none. */
  field(name: string): FieldFact | null {
    return this.all(name)[0] ?? null;
  }

  all(name: string): readonly FieldFact[] {
    const wanted = name.toLowerCase();
    return this.fields.filter((field) => field.name.toLowerCase() === wanted);
  }

  /** The value of the first field of a name; empty where there is none. */
  value(name: string): string {
    return this.field(name)?.value ?? '';
  }

  /** The elements of all fields of a name that is defined as a list (RFC 9110 section 5.6.1), in lower case. */
  list(name: string): readonly string[] {
    return this.all(name)
      .flatMap(({ value }) => value.split(','))
      .map((element) => element.trim().toLowerCase())
      .filter((element) => element !== '');
  }

  private fieldAt(index: number, valueName: Span['name']): FieldFact {
    const { spans, bytes } = this.input;
    const name = spans[index];
    let value: Part = { start: name.end, end: name.end };
    for (let next = index + 1; next < spans.length && next <= index + 4; next++) {
      if (spans[next].name === 'field-name' || spans[next].name === 'trailer-name') break;
      if (spans[next].name === 'colon') value = { start: spans[next].end, end: spans[next].end };
      if (spans[next].name === valueName) value = spans[next];
    }
    const valuePart = trimmed(bytes, value.start, Math.min(value.end, Math.max(bytes.length, value.start)));
    return { name: this.text(name), value: this.text(valuePart), namePart: name, valuePart };
  }
}

/** Enough for any value that findings read. */
const longestText = 8192;

/** What is known of an exchange besides its bytes. Times are milliseconds since the epoch; 0 where not known (yet). */
export interface ExchangeInput {
  readonly request: MessageInput;
  readonly response: MessageInput;
  readonly startedAt: number;
  readonly requestEndedAt: number;
  readonly respondedAt: number;
  readonly endedAt: number;
  readonly aborted: boolean;
  /** 1 for the first exchange of its connection. */
  readonly exchangeNumber: number;
  readonly readWithPrevious: boolean;
  readonly readWithNext: boolean;
  /** Why the connection ended, in a sentence; empty while it is open. */
  readonly closeReason: string;
}

/** An exchange as findings look at it. */
export class ExchangeFacts {
  readonly input: ExchangeInput;
  readonly request: MessageFacts;
  readonly response: MessageFacts;
  /** As on the wire. */
  readonly method: string;
  readonly target: string;
  /** Of the final response; 0 while there is none. */
  readonly status: number;

  constructor(input: ExchangeInput) {
    this.input = input;
    this.request = new MessageFacts(input.request);
    this.response = new MessageFacts(input.response);
    this.method = this.request.text(this.request.token('method'));
    this.target = this.request.text(this.request.token('request-target'));
    this.status = Number(this.response.text(this.response.token('status-code'))) || 0;
  }

  /** Whether the request's version is HTTP/1.0. */
  get isOld(): boolean {
    return this.request.text(this.request.token('HTTP-version')) === 'HTTP/1.0';
  }

  get closes(): boolean {
    return this.response.list('connection').includes('close');
  }
}
