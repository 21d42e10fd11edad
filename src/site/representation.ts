import { readSync } from 'node:fs';
import type { OpenFile, Output, Response } from '../http/message.ts';
import { EncodedResponse } from '../http/responseHead.ts';
import type { ServedFile } from './folder.ts';
import { mediaType } from './mediaType.ts';
import type { ByteRange } from './range.ts';
import { type Validators, validatorFields, validatorsOf } from './validators.ts';

/** Up to this many bytes are read at once; more are sent from the open file. */
const readWhole = 64 * 1024;

/** A file as it is sent: one version of its bytes, with the fields that go with them. */
export interface Representation {
  /** In bytes. */
  readonly size: number;
  readonly validators: Validators;
  /** The response with all of the bytes. */
  readonly whole: Response;
  /** The response that the client has the bytes already (RFC 9110 section 15.4.5). */
  readonly unmodified: Response;
  /** The bytes in memory, or the open file that they are read from as they are sent. */
  readonly source: Uint8Array | OpenFile;
}

/** Reads a small file and closes it; a larger one stays open. Throws where it cannot be read. */
export function represent(served: ServedFile, now: number): Representation {
  const { file, size } = served;
  const validators = validatorsOf(served.identity.mtimeNs, size, now);
  const fieldsUnmodified: Response['fields'] = [
    ...validatorFields(validators),
    ['Cache-Control', 'no-cache'],
  ];
  const fields: Response['fields'] = [
    ...fieldsUnmodified,
    ['Content-Type', mediaType(served.name)],
    ['X-Content-Type-Options', 'nosniff'],
    ['Accept-Ranges', 'bytes'],
  ];
  const source = size > readWhole ? file : readAndClose(file, size);
  return {
    size,
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

/** The bytes of a range, for the body of a response. Throws where they cannot be read. */
export function content(source: Representation['source'], { start, end }: ByteRange): Output[] {
  if (start === end) return [];
  if (source instanceof Uint8Array) {
    return [start === 0 && end === source.length ? source : source.subarray(start, end)];
  }
  const length = end - start;
  return [length > readWhole ? { file: source, offset: start, length } : read(source, start, length)];
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
    if (count === 0) throw new Error('The file was cut short while it was read.');
    done += count;
  }
  return bytes;
}
