/** The answer that holds a file, or a part of it, or says that the client has it already. */
import type { Request, Response } from '../http/message.ts';
import { errorResponse } from './errorPage.ts';
import { byteRange } from './range.ts';
import { content, type Representation } from './representation.ts';
import { precondition, rangeApplies } from './validators.ts';

/** Takes an open file of the representation over: it is closed, or stands in the response's body. */
export function fileResponse(request: Request, representation: Representation, now: number): Response {
  const { source } = representation;
  let handedOn = source instanceof Uint8Array;
  try {
    const response = answer(request, representation, now);
    handedOn ||= response.body.some((part) => 'file' in part);
    return response;
  } finally {
    if (!handedOn && !(source instanceof Uint8Array)) source.close();
  }
}

function answer(request: Request, representation: Representation, now: number): Response {
  const { size, validators, source, whole } = representation;
  switch (precondition(request, validators)) {
    case 'failed':
      return errorResponse(
        412,
        'The file has changed',
        'The request was made for a version of this file that is not the present one. Ask again without its condition.',
      );
    case 'not-modified':
      return representation.unmodified;
    case 'none':
      break;
  }
  // Range is defined for GET only (RFC 9110 section 14.2).
  const rangeField = request.method === 'GET' ? request.field('range') : undefined;
  const range =
    rangeField !== undefined && rangeApplies(request, validators, now)
      ? byteRange(rangeField, size)
      : 'whole';
  if (range === 'unsatisfiable') return unsatisfiable(size);
  if (range === 'whole') return whole;
  const contentRange: readonly [string, string] = [
    'Content-Range',
    `bytes ${range.start}-${range.end - 1}/${size}`,
  ];
  return { status: 206, fields: [...whole.fields, contentRange], body: content(source, range) };
}

function unsatisfiable(size: number): Response {
  return errorResponse(
    416,
    'The file has no such bytes',
    `The request asks for bytes beyond the end of the file, which has ${size}. Ask for bytes that it has, or for all of it.`,
    [['Content-Range', `bytes */${size}`]],
  );
}
