import type { Content, Cookie, Entry, Header, PostData, QueryString, Timings } from 'har-format';
import { percentDecoded } from '../http/content/query.ts';
import type { Finding } from '../http/findings/finding.ts';
import type { ExchangeDetail, MessageDetail } from '../protocol/inspector.ts';
import { decodedContent } from './contentDecoding.ts';
import {
  authorityOf,
  bodyData,
  type ExportedExchange,
  type ExportedMessage,
  exportedExchange,
  fieldsOf,
  tokenText,
} from './exportExchange.ts';
import { withoutSecrets } from './exportSecrets.ts';

export interface HarOptions {
  /** Of Spark. */
  readonly version: string;
  /** Whether values of Cookie, Authorization and their like are exported. */
  readonly secrets: boolean;
}

/** Bytes of a message that were kept: base64. */
export interface HarBytes {
  readonly offset: number;
  readonly base64: string;
}

/** What HAR has no place for: the actual bytes, and what Spark found in them. */
export interface SparkEntry {
  readonly connection: number;
  /** 1 for the first exchange of its connection. */
  readonly number: number;
  readonly server: string;
  readonly peer: { readonly address: string; readonly port: number };
  readonly local: { readonly address: string; readonly port: number };
  readonly times: ExchangeDetail['times'];
  readonly openedAt: number;
  readonly closedAt: number;
  readonly closeReason: string;
  readonly aborted: boolean;
  readonly marked: boolean;
  /** The bytes were made from what another HAR file said. */
  readonly rebuilt: boolean;
  readonly rule: string;
  readonly ruleOffset: number;
  readonly requestStart: number;
  readonly responseStart: number;
  readonly request: SparkMessage;
  readonly response: SparkMessage;
  readonly findings: readonly SparkFinding[];
}

/** A message's lengths, bytes and segments as captured. Offsets count from its first byte. */
export interface SparkMessage {
  readonly length: number;
  readonly complete: boolean;
  readonly kept: readonly HarBytes[];
  /** Of each read or write: first byte, end (exclusive), milliseconds since the epoch. */
  readonly segments: readonly (readonly [number, number, number])[];
}

interface SparkFinding extends Pick<Finding, 'id' | 'severity' | 'sentence'> {
  readonly source: string;
  readonly places: Finding['places'];
}

/** A HAR entry with Spark's own extension. */
export interface SparkHarEntry extends Entry {
  readonly _spark: SparkEntry;
}

/** The pieces of a HAR 1.2 file (the format's own text: http://www.softwareishard.com/blog/har-12-spec/). */
export function* harFile(details: Iterable<ExchangeDetail>, options: HarOptions): Generator<string> {
  const creator = { name: 'Spark', version: options.version };
  const comment = options.secrets
    ? 'With sensitive data: cookies and credentials are in it.'
    : 'The values of cookies and credentials are overwritten with asterisks.';
  yield `{"log":{"version":"1.2","creator":${JSON.stringify(creator)},"comment":${JSON.stringify(comment)},"entries":[`;
  let separator = '\n';
  for (const detail of details) {
    yield separator + JSON.stringify(harEntry(detail, options));
    separator = ',\n';
  }
  yield '\n]}}\n';
}

/** One exchange as a HAR entry. */
export function harEntry(given: ExchangeDetail, { secrets }: HarOptions): SparkHarEntry {
  const detail = secrets ? given : withoutSecrets(given);
  const exchange = exportedExchange(detail);
  const { request, response } = exchange;
  const { row, times } = detail;
  const timings = timingsOf(detail);
  const status = Number(tokenText(response, 'status-code')) || 0;
  const contentType = response.facts.value('content-type');
  return {
    startedDateTime: new Date(times.startedAt).toISOString(),
    time: timings.send + timings.wait + timings.receive,
    request: {
      method: row.method || tokenText(request, 'method'),
      url: urlOf(exchange),
      httpVersion: tokenText(request, 'HTTP-version') || 'unknown',
      cookies: secrets ? requestCookies(request) : [],
      headers: headersOf(request),
      queryString: queryOf(row.target),
      ...postDataOf(request),
      headersSize: request.facts.hasHead ? request.facts.bodyStart : -1,
      bodySize: bodySize(request),
    },
    response: {
      status,
      statusText: tokenText(response, 'reason-phrase'),
      httpVersion: tokenText(response, 'HTTP-version') || 'unknown',
      cookies: secrets ? responseCookies(response) : [],
      headers: headersOf(response),
      content: contentOf(response, contentType),
      redirectURL: response.facts.value('location'),
      headersSize: response.facts.hasHead ? response.facts.bodyStart : -1,
      bodySize: bodySize(response),
      ...(status === 0 ? { comment: 'There was no answer.' } : {}),
    },
    cache: {},
    timings,
    ...(detail.local.address === '' ? {} : { serverIPAddress: detail.local.address }),
    connection: String(row.connection),
    ...(detail.row.comment === '' ? {} : { comment: detail.row.comment }),
    _spark: sparkEntry(exchange),
  };
}

function sparkEntry({ detail, findings }: ExportedExchange): SparkEntry {
  const { row, connection, peer, local, times } = detail;
  const { openedAt, closedAt, closeReason, requestStart, responseStart } = connection;
  return {
    connection: row.connection,
    number: row.number,
    server: detail.serverName,
    peer,
    local,
    times,
    openedAt,
    closedAt,
    closeReason,
    aborted: row.aborted,
    marked: row.marked,
    rebuilt: detail.imported?.rebuilt ?? false,
    rule: row.rule,
    ruleOffset: detail.ruleOffset,
    requestStart,
    responseStart,
    request: sparkMessage(detail.request),
    response: sparkMessage(detail.response),
    findings: findings.map(({ id, severity, sentence, source, places }) => ({
      id,
      severity,
      sentence,
      source: source.name,
      places,
    })),
  };
}

function sparkMessage({ length, complete, kept, segments }: MessageDetail): SparkMessage {
  return {
    length,
    complete,
    kept: kept.map(({ offset, bytes }) => ({ offset, base64: Buffer.from(bytes).toString('base64') })),
    segments: segments.map(({ start, end, time }) => [start, end, time]),
  };
}

/** From the server's view: `send`: the request arrives; `wait`: the server works; `receive`: the response is sent. */
function timingsOf({ times, response }: ExchangeDetail): Timings & { send: number; receive: number } {
  const { startedAt, requestEndedAt, respondedAt, endedAt } = times;
  const firstOut = response.segments[0]?.time ?? respondedAt;
  const between = (from: number, to: number) => (from > 0 && to > from ? to - from : 0);
  return {
    blocked: -1,
    dns: -1,
    connect: -1,
    ssl: -1,
    send: between(startedAt, requestEndedAt),
    wait: between(requestEndedAt, firstOut),
    receive: between(firstOut, endedAt),
    comment: "Measured in the server: from the request's first byte read to the answer's last byte written.",
  };
}

/** The schema wants an absolute URI; where the target makes none, `/` stands for it, and `_spark` has the truth. */
function urlOf({ detail, request }: ExportedExchange): string {
  const { target } = detail.row;
  if (/^https?:\/\/[^/?#\s]/i.test(target)) return uriText(target);
  const host = request.facts.value('host');
  const authority = /^([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?$/.test(host)
    ? host
    : authorityOf(detail);
  const scheme = detail.connection.tls === '' ? 'http' : 'https';
  return `${scheme}://${authority}${target.startsWith('/') ? uriText(target) : '/'}`;
}

/** Percent-encodes what a URI may not hold (RFC 3986 section 2). */
function uriText(text: string): string {
  return text.replace(
    /%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]/g,
    (character) => `%${(character.charCodeAt(0) & 0xff).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

function headersOf(message: ExportedMessage): Header[] {
  return fieldsOf(message).map(({ name, value }) => ({ name, value: wireText(value) }));
}

/** UTF-8 where it is, else one character per byte. */
function wireText(latin1: string): string {
  const text = utf8(Buffer.from(latin1, 'latin1'));
  return text ?? latin1;
}

function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function queryOf(target: string): QueryString[] {
  const question = target.indexOf('?');
  if (question < 0) return [];
  const decoded = (text: string) =>
    wireText(Buffer.from(percentDecoded(Buffer.from(text, 'latin1'), true)).toString('latin1'));
  return target
    .slice(question + 1)
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [, name, value = ''] = /^([^=]*)=?([\s\S]*)$/.exec(pair) ?? [];
      return { name: decoded(name ?? ''), value: decoded(value) };
    });
}

function requestCookies({ facts }: ExportedMessage): Cookie[] {
  return facts
    .all('cookie')
    .flatMap(({ value }) => value.split(';'))
    .map(pairOf)
    .filter(({ name }) => name !== '');
}

function responseCookies({ facts }: ExportedMessage): Cookie[] {
  return facts.all('set-cookie').map(({ value }) => {
    const [pair, ...attributes] = value.split(';');
    const named = new Map(attributes.map(pairOf).map((one) => [one.name.toLowerCase(), one.value]));
    const expires = Date.parse(named.get('expires') ?? '');
    return {
      ...pairOf(pair),
      ...(named.has('path') ? { path: named.get('path') } : {}),
      ...(named.has('domain') ? { domain: named.get('domain') } : {}),
      ...(Number.isNaN(expires) ? {} : { expires: new Date(expires).toISOString() }),
      httpOnly: named.has('httponly'),
      secure: named.has('secure'),
    };
  });
}

function pairOf(text: string): { name: string; value: string } {
  const equals = text.indexOf('=');
  if (equals < 0) return { name: text.trim(), value: '' };
  return { name: text.slice(0, equals).trim(), value: text.slice(equals + 1).trim() };
}

function bodySize({ facts, detail }: ExportedMessage): number {
  return facts.hasHead ? detail.length - facts.bodyStart : -1;
}

/** `postData` has no encoding: what is not text stands, as base64, in `_content`. */
function postDataOf(request: ExportedMessage): { postData?: PostData & { _content?: object } } {
  const body = bodyData(request);
  if (body.length === 0) return {};
  const mimeType = request.facts.value('content-type');
  const text = utf8(body);
  if (text !== null) return { postData: { mimeType, text } };
  const base64 = Buffer.from(body).toString('base64');
  return {
    postData: {
      mimeType,
      text: '',
      comment: 'Not text: as base64 in _content.',
      _content: { text: base64, encoding: 'base64' },
    },
  };
}

function contentOf(response: ExportedMessage, contentType: string): Content {
  const wire = bodyData(response);
  const decoded = decodedContent(wire, response.facts.list('content-encoding'));
  const bytes = decoded ?? wire;
  const mimeType = contentType || 'x-unknown';
  const notes: string[] = [];
  if (decoded === null) notes.push('The content coding could not be undone: these are the bytes as sent.');
  if (!response.whole) notes.push(`${response.detail.length - response.bytes.length} bytes were not kept.`);
  const comment = notes.length === 0 ? {} : { comment: notes.join(' ') };
  const size = { size: bytes.length, compression: bytes.length - wire.length };
  if (bytes.length === 0) return { ...size, mimeType, ...comment };
  const text = utf8(bytes);
  return text === null
    ? { ...size, mimeType, text: Buffer.from(bytes).toString('base64'), encoding: 'base64', ...comment }
    : { ...size, mimeType, text, ...comment };
}
