/**
 * Request cases of other projects, where there is a folder of them: SPARK_CASES names it. They are no part of this
 * project.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { RuleId } from '../../../src/http/rules.ts';
import { parsed } from './parsing.ts';

export interface Case {
  readonly id: string;
  readonly kind?: 'request' | 'response' | 'headers' | 'chunked-body';
  readonly usableStrict?: boolean;
  readonly requestBase64?: string;
  readonly expected?: {
    readonly outcome: string;
    readonly requests?: readonly { readonly method: string; readonly uri: { readonly raw: string } }[];
  };
  /** Of a chunked body: its bytes, its content, and what a decoder is told and says. */
  readonly encodedBase64?: string;
  readonly decodedBase64?: string;
  readonly runner?: string;
  readonly args?: string;
}

/** Rules by which Spark refuses what others accept: each is a choice that the RFC leaves, or demands. */
export const stricter: Readonly<Partial<Record<RuleId, string>>> = {
  'bare-lf': 'RFC 9112 2.2 lets a server refuse it.',
  'obs-fold': 'RFC 9112 5.2 lets a server refuse it.',
  'space-before-colon': 'RFC 9112 5.1 demands it.',
  'target-fragment': 'RFC 9112 3.2: no form of a target has one.',
  'target-syntax': 'RFC 9112 3.2: a target is visible ASCII, between single spaces.',
  'target-scheme': 'RFC 9110 7.4: the request came without TLS.',
  'target-authority': 'RFC 9110 4.2.4: a user name is treated as an error.',
  'transfer-coding-unknown': 'RFC 9112 6.1: 501.',
  'status-code-syntax': 'RFC 9112 4: single spaces, and one behind the status code.',
  'body-too-large': 'RFC 9112 7.1: a length that cannot be held must be refused.',
};

/** What Spark decides otherwise in single cases. */
export const otherwise: Readonly<Record<string, string>> = {
  'gunicorn/valid/099': 'Its Content-Length announces more than comes.',
  'gunicorn/invalid/006': 'Its limit of a request line is shorter.',
  'gunicorn/invalid/007': 'Its limit of a field is shorter.',
  'gunicorn/invalid/008': 'Its limit of a field is shorter.',
  'gunicorn/invalid/009': 'Its limit of fields is lower.',
  'gunicorn/invalid/041':
    'RFC 9110 5.3: which fields may be repeated concerns who uses them; a site uses no Content-Type.',
  'gunicorn/invalid/rfc9110_trailer_forbidden_cl_01': 'RFC 9110 6.5.1: trailer fields are ignored.',
  'gunicorn/invalid/rfc9110_trailer_forbidden_host_01': 'RFC 9110 6.5.1: trailer fields are ignored.',
  'gunicorn/invalid/rfc9110_trailer_forbidden_te_01': 'RFC 9110 6.5.1: trailer fields are ignored.',
};

function casesOf(file: string): readonly Case[] {
  const folder = process.env.SPARK_CASES ?? '';
  const full = path.join(folder, file);
  return folder !== '' && existsSync(full) ? JSON.parse(readFileSync(full, 'utf8')).cases : [];
}

/** Cases that are about something else leave Host out, which HTTP/1.1 demands. */
function withHost(request: Buffer): Buffer {
  const line = request.indexOf('\r\n') + 2;
  return Buffer.concat([request.subarray(0, line), Buffer.from('Host: a\r\n'), request.subarray(line)]);
}

/** The requests in some bytes, and how the last ended. */
export interface ReadRequests {
  /** Method and target of each. */
  readonly requests: readonly string[];
  readonly outcome: 'accept' | 'reject' | 'incomplete';
  /** That was broken; empty for none. */
  readonly rule: RuleId | '';
  /** The bytes, with a Host where it was left out. */
  readonly bytes: Buffer;
  /** Where each request ends in them. */
  readonly ends: readonly number[];
  /** Whether the connection goes on after each. */
  readonly persists: readonly boolean[];
}

/** `hosted`: what lacks Host gets one. */
export function readAll(given: Buffer, hosted: boolean): ReadRequests {
  let bytes = given;
  const requests: string[] = [];
  const ends: number[] = [];
  const persists: boolean[] = [];
  const read = (outcome: ReadRequests['outcome'], rule: ReadRequests['rule'] = ''): ReadRequests => ({
    requests,
    outcome,
    rule,
    bytes,
    ends,
    persists,
  });
  for (let start = 0; start < bytes.length; ) {
    let parser = parsed('request', [bytes.subarray(start)]);
    if (hosted && parser.violation?.rule === 'host-missing') {
      bytes = Buffer.concat([bytes.subarray(0, start), withHost(bytes.subarray(start))]);
      parser = parsed('request', [bytes.subarray(start)]);
    }
    const { head, violation } = parser;
    if (violation !== null) return read('reject', violation.rule);
    if (!parser.complete) return read(parser.started ? 'incomplete' : 'accept');
    const part = (from: number, to: number) =>
      Buffer.from(head.bytes.subarray(head.base + from, head.base + to)).toString('latin1');
    requests.push(`${part(head.methodStart, head.methodEnd)} ${part(head.targetStart, head.targetEnd)}`);
    start += parser.length;
    ends.push(start);
    persists.push(!head.connectionClose && (head.minorVersion > 0 || head.connectionKeepAlive));
  }
  return read('accept');
}

export const cases: readonly Case[] = ['gunicorn.json', 'picohttpparser.json']
  .flatMap(casesOf)
  .filter(({ usableStrict = true }) => usableStrict);
export const requestCases = cases.filter(({ kind = 'request', expected }) => kind === 'request' && expected);
/** Why they are not tested; false where they are. */
export const skipCases =
  requestCases.length === 0 &&
  'These cases are no part of the project: SPARK_CASES names a folder that holds gunicorn.json or picohttpparser.json.';
