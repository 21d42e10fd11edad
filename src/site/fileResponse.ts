/** The response with a file, with parts of it, or that says that the client has it already. */
import type { Request, Response } from '../http/message.ts';
import { errorResponse } from './errorPage.ts';
import { withFields } from './extraFields.ts';
import { contentRange, multipart } from './multipart.ts';
import { type ByteRange, byteRanges } from './range.ts';
import { content, type Representation } from './representation.ts';
import { precondition, rangeApplies, type Validators } from './validators.ts';

/** Takes over the representation's open file: it is closed, or becomes part of the response's body. */
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
  const { size, validators, whole } = representation;
  const conditional = conditionalResponse(request, validators, representation.unmodified);
  if (conditional !== null) return conditional;
  // Range is defined for GET only (RFC 9110 section 14.2).
  const rangeField = request.method === 'GET' ? request.field('range') : undefined;
  if (rangeField === undefined || !rangeApplies(request, validators, now)) return whole;
  const ranges = byteRanges(rangeField, size);
  if (ranges === 'unsatisfiable') return unsatisfiable(size);
  return ranges === 'whole' ? whole : partial(representation, ranges);
}

/** The response to a request whose conditions are not met; null where they are. `unmodified`: the one for 304. */
export function conditionalResponse(
  request: Request,
  validators: Validators | null,
  unmodified: Response,
): Response | null {
  switch (precondition(request, validators)) {
    case 'failed':
      return errorResponse(
        412,
        validators === null ? 'This page has no versions' : 'The file has changed',
        validators === null
          ? 'The request was made for a version of it. Ask again without its condition.'
          : 'The request was made for a version of this file that is not the present one. Ask again without its condition.',
      );
    case 'not-modified':
      return unmodified;
    case 'none':
      return null;
  }
}

/** RFC 9110 section 15.3.7: one range is the answer itself, several are its parts. */
function partial(representation: Representation, ranges: readonly ByteRange[]): Response {
  const { size, source, type } = representation;
  const { fields } = representation.whole;
  if (ranges.length === 1) {
    const [range] = ranges;
    return {
      status: 206,
      fields: [...fields, ['Content-Range', contentRange(range, size)]],
      body: content(source, range),
    };
  }
  const parts = multipart(ranges, size, type, (range) => content(source, range));
  return { status: 206, fields: withFields(fields, [['Content-Type', parts.type]]), body: parts.body };
}

function unsatisfiable(size: number): Response {
  return errorResponse(
    416,
    'The file has no such bytes',
    `The request asks for bytes beyond the end of the file, which has ${size}. Ask for bytes that it has, or for all of it.`,
    [['Content-Range', `bytes */${size}`]],
  );
}
