import zlib from 'node:zlib';

/** Bytes that a body may become: a few bytes can hold gigabytes. */
const mostDecompressed = 32 * 1024 * 1024;

/**
 * A body without its content codings, which are given in the order in which they were applied. Null where that cannot
 * be done: an unknown coding, broken data, or a body that becomes too long.
 */
export function decodedContent(body: Uint8Array, codings: readonly string[]): Uint8Array | null {
  let bytes = body;
  if (bytes.length === 0) return bytes;
  try {
    for (const coding of codings.toReversed()) {
      const options = { maxOutputLength: mostDecompressed };
      if (coding === 'identity') continue;
      if (coding === 'gzip' || coding === 'x-gzip') bytes = zlib.gunzipSync(bytes, options);
      else if (coding === 'deflate') bytes = zlib.inflateSync(bytes, options);
      else if (coding === 'br') bytes = zlib.brotliDecompressSync(bytes, options);
      else return null;
    }
    return bytes;
  } catch {
    return null;
  }
}
