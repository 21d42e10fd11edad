import { bytesOf, joined } from './bytes.ts';
import type { BodySource, Output, Response } from './message.ts';
import { OutputQueue } from './outputQueue.ts';
import { bodyLength, type ResponseFrame, responseHead } from './responseHead.ts';
import { StreamedBody } from './streamedBody.ts';

/** Bodies up to this size are sent in one piece with their head: one write, one segment. */
const joinedBody = 64 * 1024;
const textEncoder = new TextEncoder();

/**
 * What a connection sends: whole responses, and a body that is pulled from its source as there is room. Counts bytes
 * from the first one that the connection sends.
 */
export class ConnectionOutput {
  private readonly items = new OutputQueue();
  /** The body under way whose end is not known yet. */
  private stream: StreamedBody | null = null;
  /** That body is delimited by the end of the connection. */
  private endsWithConnection = false;
  private queuedBytes = 0;
  private sentBytes = 0;

  /** Bytes that are queued and not sent yet. */
  get pending(): number {
    return this.items.pending;
  }

  /** Bytes that were queued so far, sent or not: where what is queued next will start. */
  get queued(): number {
    return this.queuedBytes;
  }

  get sent(): number {
    return this.sentBytes;
  }

  /** Whether a body is under way whose end is not known yet. */
  get isStreaming(): boolean {
    return this.stream !== null;
  }

  /** Whether that body goes on for as long as the client listens. */
  get isUnending(): boolean {
    return this.stream?.isUnending === true;
  }

  /**
   * Whether a body is under way that the connection's end would end (RFC 9112 section 8): if that came now, the client
   * would take a part for the whole.
   */
  get isOpenEnded(): boolean {
    return this.endsWithConnection && !this.isUnending && (this.stream !== null || this.pending > 0);
  }

  /** The next item to send, or null. Each is handed out once; its file is closed when its last byte is acknowledged. */
  take(): Output | null {
    return this.items.take();
  }

  /** `count` more bytes of what was taken have been sent, in order. */
  acknowledge(count: number): void {
    this.items.sent(count);
    this.sentBytes += count;
  }

  queue(item: Output): void {
    this.items.push(item);
    this.queuedBytes += item.length;
  }

  /**
   * Queues a response as far as it is known; the rest of a streamed one comes with `pull`. Returns where its body starts
   * in what the connection sends. Throws UnsafeFieldError.
   *
   * @param bodiless the head goes without the body
   */
  queueResponse(response: Response, bodiless: boolean, frame: ResponseFrame): number {
    const start = this.queuedBytes;
    const { encoded, body, source } = response;
    if (encoded !== undefined && frame.connection === '') {
      encoded.renew(response, frame.now);
      this.queue(bodiless ? encoded.bytes.subarray(0, encoded.bodyStart) : encoded.bytes);
      return start + encoded.bodyStart;
    }
    const text = responseHead(response, frame);
    // An upstream server's fields are passed on octet by octet.
    const head = response.reason === undefined ? textEncoder.encode(text) : bytesOf(text);
    if (source !== undefined) {
      this.queue(head);
      if (bodiless) source.close();
      else this.beginStream(source, frame.framing);
    } else if (bodiless) {
      this.queue(head);
      this.items.discard(body);
    } else if (body.length === 1 && !('file' in body[0]) && bodyLength(body) <= joinedBody) {
      this.queue(joined(head, body[0]));
    } else {
      this.queue(head);
      for (const part of body) this.queue(part);
    }
    return start + head.length;
  }

  /** Queues the head of an interim response, or of 101 (RFC 9110 section 15.2). Throws UnsafeFieldError. */
  queueInterim(response: Response, now: number): void {
    this.queue(bytesOf(responseHead(response, { now, connection: '' })));
  }

  /** `ready` of the source is the caller's to set. */
  beginStream(source: BodySource, framing: ResponseFrame['framing']): void {
    this.stream = new StreamedBody(source, framing === 'chunked');
    this.endsWithConnection = framing === 'connection';
  }

  /** Moves what the body under way has into the queue, until that holds `bound` bytes. After `ended`, none is under way. */
  pull(bound: number): 'waits' | 'ended' | 'failed' {
    if (this.stream === null) return 'waits';
    const { queued, state } = this.stream.pull(this.items, bound);
    this.queuedBytes += queued;
    if (state === 'ended') this.stream = null;
    return state;
  }

  /** Ends the body under way before its source does. */
  endStream(): void {
    if (this.stream === null) return;
    this.queuedBytes += this.stream.end(this.items);
    this.stream = null;
  }

  /** Drops what is not sent, and closes files and source. */
  release(): void {
    this.stream?.close();
    this.stream = null;
    this.items.release();
  }
}
