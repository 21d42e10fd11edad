import { concatenated } from '../http/bytes.ts';
import type { Decompressed, HostCoding } from '../protocol/inspector.ts';
import type { FromInspector } from '../protocol/inspectorMessages.ts';
import { Question } from './question.ts';

/** Bytes that are decompressed for a view, at most: a few compressed bytes can expand to gigabytes. */
const most = 4 * 1024 * 1024;
/** Compressed bytes that are read, at most. */
const mostCompressed = 16 * 1024 * 1024;

/** Undoes content codings in the browser; asks the extension host for those that browsers cannot undo. */
export class Decompressing {
  private readonly post: (message: FromInspector) => void;
  private readonly waiting = new Map<number, (result: Decompressed) => void>();
  private last = 0;

  constructor(post: (message: FromInspector) => void) {
    this.post = post;
  }

  /** Undoes codings in the order given, the outermost first. Never rejects. */
  async decompress(codings: readonly string[], bytes: Uint8Array): Promise<Decompressed> {
    let result: Decompressed = { bytes: bytes.subarray(0, mostCompressed), end: 'whole' };
    for (const coding of codings) {
      const next = await this.one(coding.toLowerCase(), result.bytes);
      if (next.end !== 'whole') return next;
      result = next;
    }
    return bytes.length > mostCompressed ? { ...result, end: 'cut' } : result;
  }

  received(number: number, result: Decompressed): void {
    this.waiting.get(number)?.(result);
    this.waiting.delete(number);
  }

  private async one(coding: string, bytes: Uint8Array): Promise<Decompressed> {
    switch (coding) {
      case 'identity':
        return { bytes, end: 'whole' };
      case 'gzip':
      case 'x-gzip':
        return decompressInPage('gzip', bytes);
      case 'deflate': {
        const result = await decompressInPage('deflate', bytes);
        // Some servers send the bare data without the zlib format around it (RFC 9110 section 8.4.1.2).
        return result.end === 'broken' && result.bytes.length === 0
          ? decompressInPage('deflate-raw', bytes)
          : result;
      }
      case 'br':
      case 'zstd':
        return this.ask(coding, bytes);
      default:
        return { bytes: new Uint8Array(0), end: 'unavailable' };
    }
  }

  private ask(coding: HostCoding, bytes: Uint8Array): Promise<Decompressed> {
    const number = ++this.last;
    // A copy of exact length: of a view, the whole buffer would be sent.
    const message = { type: 'decompress', number, coding, bytes: bytes.slice() } as const;
    const question = new Question();
    return new Promise((resolve) => {
      this.waiting.set(number, (result) => {
        question.answered();
        resolve(result);
      });
      question.ask(() => this.post(message));
    });
  }
}

async function decompressInPage(format: CompressionFormat, bytes: Uint8Array): Promise<Decompressed> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  let end: Decompressed['end'] = 'whole';
  const stream = new Blob([bytes.slice()]).stream().pipeThrough(new DecompressionStream(format));
  const reader = stream.getReader();
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      pieces.push(value);
      size += value.length;
      if (size > most) {
        end = 'cut';
        await reader.cancel();
        break;
      }
    }
  } catch {
    end = 'broken';
  }
  return { bytes: concatenated(pieces, size).subarray(0, most), end };
}
