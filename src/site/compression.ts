/** Compression on the fly: for who serves in an event loop, since the work is done beside it. */
import { readSync } from 'node:fs';
import { type BrotliCompress, constants, createBrotliCompress, createGzip, type Gzip } from 'node:zlib';
import type { BodySource, Request, Response } from '../http/message.ts';
import { type ContentCoding, contentCodings, preferredCoding } from './acceptEncoding.ts';
import { withFields } from './extraFields.ts';
import { conditionalResponse } from './fileResponse.ts';
import type { Representation } from './representation.ts';

/** Bytes. What is smaller fits into one packet uncompressed. */
const leastBytes = 1024;
/** A file is read and compressed in pieces of this size. */
const piece = 64 * 1024;
/** Types that are not already compressed by their own format. */
const compressible =
  /^(?:text\/|application\/(?:javascript|json|xml|wasm|[\w.-]+\+(?:json|xml))|image\/(?:svg\+xml|bmp)|font\/[ot]tf)/;

/** Whether compressing a file is worth it. `size` in bytes. */
export function isCompressible(type: string, size: number): boolean {
  return size >= leastBytes && compressible.test(type);
}

/**
 * The coding to send a representation in; null for its uncoded bytes. These are for HTTP/1.0, which would not notice that
 * a body of unknown length was cut, and for ranges, which count uncoded bytes.
 */
export function codingFor(request: Request, { type, size }: Representation): ContentCoding | null {
  if (request.minorVersion === 0 || request.field('range') !== undefined || !isCompressible(type, size))
    return null;
  return preferredCoding(request.field('accept-encoding'), contentCodings);
}

/** Takes over the representation's open file, as `fileResponse` does. */
export function compressedResponse(
  request: Request,
  representation: Representation,
  coding: ContentCoding,
): Response {
  const { whole, unmodified, source, size } = representation;
  // Each coding is a representation of its own (RFC 9110 section 8.8.3.3).
  const etag = representation.validators.etag.replace(/"$/, `-${coding}"`);
  const validators = { ...representation.validators, etag };
  const tagged = (fields: Response['fields']) => withFields(fields, [['ETag', etag]]);
  const conditional = conditionalResponse(request, validators, {
    ...unmodified,
    fields: tagged(unmodified.fields),
    encoded: undefined,
  });
  if (conditional !== null) {
    if (!(source instanceof Uint8Array)) source.close();
    return conditional;
  }
  const fields = tagged(whole.fields).filter(([name]) => name !== 'Accept-Ranges');
  return {
    status: 200,
    fields: [...fields, ['Content-Encoding', coding]],
    body: [],
    source: new CompressedBody(source, size, coding),
  };
}

/** The bytes of a file, or of memory, compressed as they are asked for. */
class CompressedBody implements BodySource {
  ready = (): void => {};
  private readonly source: Representation['source'];
  private readonly size: number;
  private readonly coding: ContentCoding;
  private compressor: BrotliCompress | Gzip | null = null;
  private position = 0;
  private state: 'open' | 'ended' | 'failed' = 'open';

  constructor(source: Representation['source'], size: number, coding: ContentCoding) {
    this.source = source;
    this.size = size;
    this.coding = coding;
  }

  read(): Uint8Array | 'ended' | 'failed' | null {
    this.compressor ??= this.started();
    if (this.state !== 'open') return this.state;
    return this.compressor.read() as Buffer | null;
  }

  close(): void {
    this.state = 'ended';
    this.compressor?.destroy();
    if (!(this.source instanceof Uint8Array)) this.source.close();
  }

  private started(): BrotliCompress | Gzip {
    const compressor = newCompressor(this.coding, this.size);
    this.compressor = compressor;
    const became = (state: 'ended' | 'failed') => {
      if (this.state === 'open') this.state = state;
      this.ready();
    };
    compressor.on('readable', () => this.ready());
    compressor.on('end', () => became('ended'));
    compressor.on('error', () => became('failed'));
    compressor.on('drain', () => this.feed(compressor));
    this.feed(compressor);
    return compressor;
  }

  /** Feeds the compressor until it takes no more. */
  private feed(compressor: BrotliCompress | Gzip): void {
    try {
      for (let takes = true; takes && this.state === 'open' && !compressor.writableEnded; ) {
        if (this.position < this.size) takes = compressor.write(this.nextPiece());
        else if (this.source instanceof Uint8Array || this.source.isUnchanged()) compressor.end();
        else this.fail();
      }
    } catch {
      this.fail();
    }
  }

  private nextPiece(): Uint8Array {
    const { source, position } = this;
    const length = Math.min(piece, this.size - position);
    if (source instanceof Uint8Array) {
      this.position += length;
      return source.subarray(position, this.position);
    }
    const bytes = Buffer.allocUnsafeSlow(length);
    const count = readSync(source.descriptor, bytes, 0, length, position);
    if (count === 0) throw new Error('The file became shorter while it was sent.');
    this.position += count;
    return bytes.subarray(0, count);
  }

  private fail(): void {
    if (this.state === 'open') this.state = 'failed';
    this.ready();
  }
}

/** Levels that keep up with a fast local network, and come near to the best. */
function newCompressor(coding: ContentCoding, size: number): BrotliCompress | Gzip {
  switch (coding) {
    case 'br':
      return createBrotliCompress({
        chunkSize: piece,
        params: { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_SIZE_HINT]: size },
      });
    case 'gzip':
      return createGzip({ chunkSize: piece, level: 6 });
  }
}
