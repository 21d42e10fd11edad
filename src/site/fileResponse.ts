/** The answer that holds a file, or a part of it, or says that the client has it already. */
import { readSync } from 'node:fs';
import type { OpenFile, Output, Request, Response } from '../http/message.ts';
import { errorResponse } from './errorPage.ts';
import type { ServedFile } from './folder.ts';
import { mediaType } from './mediaType.ts';
import { type ByteRange, byteRange } from './range.ts';
import { precondition, rangeApplies, validatorFields, validatorsOf } from './validators.ts';

/** Up to this many bytes are read at once; more are sent from the open file. */
const readWhole = 64 * 1024;

/** Takes the file over: it is closed, or stands in the response's body. Throws where it cannot be read. */
export function fileResponse(request: Request, served: ServedFile, now: number): Response {
  const { file } = served;
  let response: Response | null = null;
  try {
    response = answer(request, served, now);
    return response;
  } finally {
    const handedOn = response?.body.some((part) => 'file' in part) ?? false;
    if (!handedOn) file.close();
  }
}

function answer(request: Request, served: ServedFile, now: number): Response {
  const { size } = served;
  const validators = validatorsOf(served.modified, size, now);
  const fields: [string, string][] = [...validatorFields(validators), ['Cache-Control', 'no-cache']];
  switch (precondition(request, validators)) {
    case 'failed':
      return errorResponse(
        412,
        'The file has changed',
        'The request was made for a version of this file that is not the present one. Ask again without its condition.',
      );
    case 'not-modified':
      return { status: 304, fields, body: [] };
    case 'none':
      break;
  }
  fields.push(
    ['Content-Type', mediaType(served.name)],
    ['X-Content-Type-Options', 'nosniff'],
    ['Accept-Ranges', 'bytes'],
  );
  // Range is defined for GET only (RFC 9110 section 14.2).
  const wantsRange = request.method === 'GET' && rangeApplies(request, validators, now);
  const range = wantsRange ? byteRange(request.field('range'), size) : 'whole';
  if (range === 'unsatisfiable') return unsatisfiable(size);
  if (range === 'whole') return { status: 200, fields, body: content(served.file, { start: 0, end: size }) };
  fields.push(['Content-Range', `bytes ${range.start}-${range.end - 1}/${size}`]);
  return { status: 206, fields, body: content(served.file, range) };
}

function unsatisfiable(size: number): Response {
  return errorResponse(
    416,
    'The file has no such bytes',
    `The request asks for bytes beyond the end of the file, which has ${size}. Ask for bytes that it has, or for all of it.`,
    [['Content-Range', `bytes */${size}`]],
  );
}

function content(file: OpenFile, range: ByteRange): Output[] {
  const length = range.end - range.start;
  if (length === 0) return [];
  if (length > readWhole) return [{ file, offset: range.start, length }];
  const bytes = new Uint8Array(length);
  for (let read = 0; read < length; ) {
    const count = readSync(file.descriptor, bytes, read, length - read, range.start + read);
    if (count === 0) throw new Error('The file was cut short while it was read.');
    read += count;
  }
  return [bytes];
}
