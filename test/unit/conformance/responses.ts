/** A response as a client reads it, by a reader that shares no code with the server. */
export interface ReadResponse {
  readonly status: number;
  readonly version: string;
  /** By name in lower case; several lines of one name are joined with ", ". */
  readonly fields: ReadonlyMap<string, string>;
  readonly body: string;
}

/**
 * Reads the responses to requests of the given methods, in order, interim ones included; throws where the bytes are
 * none, or go on behind the last. `methods` repeats its last one as needed.
 */
export function readResponses(received: string, methods: readonly string[] = ['GET']): ReadResponse[] {
  const responses: ReadResponse[] = [];
  let answered = 0;
  for (let at = 0; at < received.length; ) {
    const method = methods[Math.min(answered, methods.length - 1)];
    const { response, end } = readResponse(received, at, method);
    responses.push(response);
    if (response.status >= 200) answered++;
    at = end;
  }
  return responses;
}

export function statuses(received: string, methods: readonly string[] = ['GET']): number[] {
  return readResponses(received, methods).map(({ status }) => status);
}

function readResponse(
  received: string,
  start: number,
  method: string,
): { response: ReadResponse; end: number } {
  const headEnd = received.indexOf('\r\n\r\n', start);
  const [statusLine, ...lines] = received.slice(start, headEnd).split('\r\n');
  const match = /^(HTTP\/1\.1) (\d{3}) [\t\x20-\x7e]*$/.exec(statusLine);
  if (headEnd < 0 || match === null) {
    throw new Error(`No response: ${JSON.stringify(received.slice(start, start + 200))}`);
  }
  const fields = new Map<string, string>();
  for (const line of lines) {
    const field = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+): ([\t\x20-\x7e\x80-\xff]*)$/.exec(line);
    if (field === null) throw new Error(`No field line: ${JSON.stringify(line)}`);
    const name = field[1].toLowerCase();
    const before = fields.get(name);
    fields.set(name, before === undefined ? field[2] : `${before}, ${field[2]}`);
  }
  const status = Number(match[2]);
  const bodiless = method === 'HEAD' || status < 200 || status === 204 || status === 304;
  const length = bodiless ? 0 : Number(fields.get('content-length'));
  if (Number.isNaN(length)) throw new Error(`A ${status} has no Content-Length.`);
  const bodyStart = headEnd + 4;
  const body = received.slice(bodyStart, bodyStart + length);
  if (body.length < length) throw new Error(`A body of ${length} bytes ends after ${body.length}.`);
  return { response: { status, version: match[1], fields, body }, end: bodyStart + length };
}
