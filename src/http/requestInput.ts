import type { Exchange } from './exchange.ts';
import type { HeadBuffer } from './headBuffer.ts';
import { KeptMessage } from './keptMessage.ts';
import type { Limits } from './limits.ts';
import { MessageParser } from './parser.ts';
import { recurringText } from './recurringText.ts';
import { ParsedRequest } from './request.ts';
import { WaitingInput } from './waitingInput.ts';

const nothing = new Uint8Array(0);

/**
 * What a connection receives, parsed into requests one step at a time: after each step the caller looks at what it has
 * brought, and may let the rest wait. Offsets count bytes from the first one of the connection.
 */
export class RequestInput {
  readonly parser: MessageParser;
  /** The bytes of the present request, where the handler wants them. */
  readonly message: KeptMessage;
  /** The present request from the end of its header section on. */
  request: ParsedRequest | null = null;
  /** Bytes that the connection has received. */
  received = 0;
  /** Where the present message starts. */
  messageStart = 0;
  private readonly parsedRequest: ParsedRequest;
  private readonly waiting = new WaitingInput();
  /** The piece at hand, and how much of it is parsed. */
  private piece: Uint8Array = nothing;
  private parsed = 0;
  /** The piece at hand is the connection's own, not the driver's. */
  private owned = false;

  constructor(limits: Limits, overTls: boolean) {
    this.parser = new MessageParser({ message: 'request', limits, recognizesRepeats: true, overTls });
    this.parsedRequest = new ParsedRequest(this.parser.head);
    this.message = new KeptMessage(limits.keptMessage);
  }

  get head(): HeadBuffer {
    return this.parser.head;
  }

  /** Whether the present message is complete. */
  get isComplete(): boolean {
    return this.parser.complete;
  }

  /** Where the parsed part of the present message ends. */
  get messageEnd(): number {
    return this.messageStart + this.parser.length;
  }

  /** Whether all that was received has been parsed. */
  get isUsedUp(): boolean {
    return this.parsed === this.piece.length && this.waiting.isEmpty;
  }

  /** Takes bytes that are only lent: after `rest`, they are no longer used. */
  add(bytes: Uint8Array): void {
    if (!this.isUsedUp) {
      this.waiting.add(bytes);
      return;
    }
    this.piece = bytes;
    this.parsed = 0;
    this.owned = false;
  }

  /** Parses on, to the end of the piece at hand, the header section or the message. Returns whether a header section ended. */
  step(): boolean {
    if (this.parsed === this.piece.length) this.nextPiece();
    const { parser, piece, parsed } = this;
    const headWasComplete = parser.headComplete;
    this.parsed = parser.parse(piece, parsed, piece.length);
    if (headWasComplete) this.message.keep(piece, parsed, this.parsed);
    return !headWasComplete && parser.headComplete && parser.violation === null;
  }

  /** Ends a run of steps: copies what is not parsed, and the head that a request still under way refers to. */
  rest(): void {
    const { piece, parsed } = this;
    this.piece = nothing;
    this.parsed = 0;
    if (parsed < piece.length) {
      if (this.owned) this.waiting.putBack(piece.subarray(parsed));
      else this.waiting.add(piece.subarray(parsed));
    }
    if (this.request !== null) this.head.keep(this.head.end);
  }

  /** The header section is complete: returns the view of it. */
  beginRequest(): ParsedRequest {
    this.request = this.parsedRequest.renew(this.parser.framing.kind !== 'none');
    return this.request;
  }

  /** Method and target, as far as the request line has come. */
  nameExchange(exchange: Exchange): void {
    const { bytes, base, methodStart, methodEnd, targetStart, targetEnd } = this.head;
    exchange.method = recurringText(bytes, base + methodStart, base + methodEnd);
    exchange.target = recurringText(bytes, base + targetStart, base + targetEnd);
  }

  /** Prepares for the next message. */
  nextMessage(): void {
    this.messageStart = this.messageEnd;
    this.parser.reset();
    this.parser.whenContent = null;
    this.request = null;
    this.message.clear();
  }

  /** What has not been parsed, piece by piece, for a tunnel, in which it is no longer HTTP. Undefined after the last. */
  takeUnparsed(): Uint8Array | undefined {
    return this.waiting.take();
  }

  /** Drops what has not been parsed. */
  clear(): void {
    this.piece = nothing;
    this.parsed = 0;
    this.waiting.clear();
  }

  private nextPiece(): void {
    this.piece = this.waiting.take() ?? nothing;
    this.parsed = 0;
    this.owned = true;
  }
}
