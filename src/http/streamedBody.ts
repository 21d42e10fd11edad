import { bytesOf } from './bytes.ts';
import type { BodySource, Field } from './message.ts';
import type { OutputQueue } from './outputQueue.ts';
import { checkFields } from './responseHead.ts';

const textEncoder = new TextEncoder();
const lineEnd = textEncoder.encode('\r\n');
/** last-chunk and an empty trailer section (RFC 9112 section 7.1). */
const lastChunk = textEncoder.encode('0\r\n\r\n');

/** A response's body on its way from its source to the output: in chunks, or up to the connection's end. */
export class StreamedBody {
  private readonly source: BodySource;
  private readonly chunked: boolean;

  /** `chunked`: else the body is delimited by its length, or, for HTTP/1.0, by the connection's end. */
  constructor(source: BodySource, chunked: boolean) {
    this.source = source;
    this.chunked = chunked;
  }

  /** Whether it goes on for as long as the client listens. */
  get isUnending(): boolean {
    return this.source.unending === true;
  }

  /**
   * Moves what the source has into the output, until that holds `bound` bytes. Returns how many bytes were queued, and
   * what the source says after them.
   */
  pull(output: OutputQueue, bound: number): { queued: number; state: 'waits' | 'ended' | 'failed' } {
    let queued = 0;
    while (output.pending < bound) {
      const bytes = this.source.read();
      if (bytes === null) return { queued, state: 'waits' };
      if (bytes === 'failed') return { queued, state: 'failed' };
      if (bytes === 'ended') return { queued: queued + this.end(output), state: 'ended' };
      queued += this.push(output, bytes);
    }
    return { queued, state: 'waits' };
  }

  /** Ends the body before its source does. Returns how many bytes were queued. */
  end(output: OutputQueue): number {
    this.source.close();
    if (!this.chunked) return 0;
    const { trailers = [] } = this.source;
    const last = trailers.length === 0 ? lastChunk : lastChunkWith(trailers);
    output.push(last);
    return last.length;
  }

  close(): void {
    this.source.close();
  }

  private push(output: OutputQueue, bytes: Uint8Array): number {
    // An empty chunk would be the last one.
    if (bytes.length === 0) return 0;
    if (!this.chunked) {
      output.push(bytes);
      return bytes.length;
    }
    const chunk = chunkOf(bytes);
    output.push(chunk);
    return chunk.length;
  }
}

/** The bytes, one at least, as one chunk. */
export function chunkOf(bytes: Uint8Array): Uint8Array {
  const size = textEncoder.encode(`${bytes.length.toString(16)}\r\n`);
  const chunk = new Uint8Array(size.length + bytes.length + lineEnd.length);
  chunk.set(size);
  chunk.set(bytes, size.length);
  chunk.set(lineEnd, size.length + bytes.length);
  return chunk;
}

/** The end of a chunked body with its trailer section. Throws UnsafeFieldError. */
export function lastChunkWith(trailers: readonly Field[]): Uint8Array {
  checkFields(trailers);
  return bytesOf(`0\r\n${trailers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
}
