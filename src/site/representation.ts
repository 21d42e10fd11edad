import { createHash } from 'node:crypto';
import { readSync } from 'node:fs';
import type { OpenFile, Output, Response } from '../http/message.ts';
import { EncodedResponse } from '../http/responseHead.ts';
import type { ContentCoding } from './acceptEncoding.ts';
import type { View } from './fileView.ts';
import type { ServedFile } from './folder.ts';
import type { ByteRange } from './range.ts';
import { type Validators, validatorFields, validatorsOf } from './validators.ts';

/** Up to this many bytes are read at once; more are sent from the open file. */
const readWhole = 64 * 1024;

/** Up to this many bytes are held in memory to be modified before they are sent. */
const holdWhole = 8 * 1024 * 1024;

/** A file as it is sent: one version of its bytes, with its header fields. */
export interface Representation {
  /** In bytes. */
  readonly size: number;
  /** Value of Content-Type. */
  readonly type: string;
  readonly validators: Validators;
  /** The response with all of the bytes. */
  readonly whole: Response;
  /** The response to a client that has the bytes already: 304 (RFC 9110 section 15.4.5). */
  readonly unmodified: Response;
  /** The bytes in memory, or the open file that they are read from as they are sent. */
  readonly source: Uint8Array | OpenFile;
}

/** How a file is sent. */
export interface Presentation {
  /** Value of Content-Type. */
  readonly type: string;
  /** What the file's bytes are coded in. */
  readonly coding: ContentCoding | null;
  /** Whether another request might have been answered in another coding. */
  readonly varies: boolean;
  /** What to serve instead of the file's bytes. */
  readonly view?: View | null;
}

/** Reads a small file and closes it; a larger one stays open. Throws where it cannot be read. */
export function represent(served: ServedFile, presentation: Presentation, now: number): Representation {
  const { file, identity } = served;
  const { type, coding, varies, view = null } = presentation;
  const size = view?.bytes.length ?? served.size;
  const validators =
    view === null ? validatorsOf(identity.mtimeNs, size, coding, now) : viewValidators(view, served, now);
  const fieldsUnmodified: [string, string][] = [
    ...validatorFields(validators),
    ['Cache-Control', 'no-cache'],
  ];
  if (varies) fieldsUnmodified.push(['Vary', 'Accept-Encoding']);
  const fields: [string, string][] = [
    ...fieldsUnmodified,
    ['Content-Type', type],
    ['X-Content-Type-Options', 'nosniff'],
    ['Accept-Ranges', 'bytes'],
  ];
  if (coding !== null) fields.push(['Content-Encoding', coding]);
  const source = view?.bytes ?? (size > readWhole ? file : readAndClose(file, size));
  if (view !== null) file.close();
  return {
    size,
    type,
    validators,
    whole: {
      status: 200,
      fields,
      body: content(source, { start: 0, end: size }),
      encoded: source instanceof Uint8Array ? new EncodedResponse() : undefined,
    },
    unmodified: { status: 304, fields: fieldsUnmodified, body: [], encoded: new EncodedResponse() },
    source,
  };
}

/** All bytes of a file that stays open; null where they are too many to hold. Throws where they cannot be read. */
export function heldBytes({ file, size }: ServedFile): Uint8Array | null {
  return size > holdWhole ? null : read(file, 0, size);
}

/** Made from the bytes: the file's time and size do not tell one view of it from another. */
function viewValidators({ bytes, unsaved }: View, { identity }: ServedFile, now: number): Validators {
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 32);
  const modified = unsaved ? BigInt(Math.trunc(now)) * 1_000_000n : identity.mtimeNs;
  return { ...validatorsOf(modified, bytes.length, null, now), etag: `W/"${hash}"` };
}

/** The bytes of a range, for the body of a response. Throws where they cannot be read. */
export function content(source: Representation['source'], { start, end }: ByteRange): Output[] {
  if (start === end) return [];
  if (source instanceof Uint8Array) {
    return [start === 0 && end === source.length ? source : source.subarray(start, end)];
  }
  const length = end - start;
  return [length > readWhole ? { file: source, offset: start, length } : read(source, start, length)];
}

/** Thrown where a file is written to while it is read: the bytes may be from two versions. */
export class FileChangedError extends Error {
  constructor() {
    super('The file was changed while it was read.');
    this.name = 'FileChangedError';
  }
}

function readAndClose(file: OpenFile, size: number): Uint8Array {
  try {
    return read(file, 0, size);
  } finally {
    file.close();
  }
}

function read(file: OpenFile, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const count = readSync(file.descriptor, bytes, done, length - done, offset + done);
    if (count === 0) throw new FileChangedError();
    done += count;
  }
  if (!file.isUnchanged()) throw new FileChangedError();
  return bytes;
}
