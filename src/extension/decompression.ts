import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import type { Decompressed, HostCoding } from '../protocol/inspector.ts';

/** Bytes that are decompressed for a view, at most: a few compressed bytes can expand to gigabytes. */
export const mostDecompressed = 4 * 1024 * 1024;

/**
 * Undoes a content coding, up to `mostDecompressed` bytes. Of data that is malformed or cut off, the result holds what
 * came before; the promise never rejects. `bytes` must not be changed meanwhile.
 */
export function decompress(coding: HostCoding, bytes: Uint8Array): Promise<Decompressed> {
  const stream = decoderOf(coding);
  if (stream === null) return Promise.resolve({ bytes: new Uint8Array(0), end: 'unavailable' });
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    let size = 0;
    const finish = (end: Decompressed['end']) => {
      resolve({ bytes: Uint8Array.from(Buffer.concat(pieces).subarray(0, mostDecompressed)), end });
      stream.destroy();
    };
    stream.on('data', (piece: Buffer) => {
      pieces.push(piece);
      size += piece.length;
      if (size > mostDecompressed) finish('cut');
    });
    stream.on('end', () => finish('whole'));
    stream.on('error', () => finish('broken'));
    stream.end(bytes);
  });
}

/** Null where this version of Node.js does not have it. */
function decoderOf(coding: HostCoding): Transform | null {
  switch (coding) {
    case 'br':
      return zlib.createBrotliDecompress();
    case 'zstd': {
      // Since Node.js 22.15; the types are older.
      const create: unknown = Reflect.get(zlib, 'createZstdDecompress');
      return typeof create === 'function' ? create() : null;
    }
  }
}
