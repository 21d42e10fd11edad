/**
 * Request cases of other projects, where there is a folder of them: SPARK_CASES names it. They are no part of this
 * project. What they expect otherwise than Spark is listed, with the reason.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { latin1 } from '../../../src/http/bytes.ts';
import { dissect } from '../../../src/http/dissect.ts';
import type { RuleId } from '../../../src/http/rules.ts';
import { parsed } from './parsing.ts';

interface Case {
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
const stricter: Readonly<Partial<Record<RuleId, string>>> = {
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
const otherwise: Readonly<Record<string, string>> = {
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

/** The requests in the bytes, and how the last ended. */
function readAll(
  given: Buffer,
  hosted: boolean,
): {
  requests: string[];
  outcome: 'accept' | 'reject' | 'incomplete';
  rule: string;
} {
  let bytes = given;
  const requests: string[] = [];
  for (let start = 0; start < bytes.length; ) {
    let parser = parsed('request', [bytes.subarray(start)]);
    if (hosted && parser.violation?.rule === 'host-missing') {
      bytes = Buffer.concat([bytes.subarray(0, start), withHost(bytes.subarray(start))]);
      parser = parsed('request', [bytes.subarray(start)]);
    }
    const { head, violation } = parser;
    if (violation !== null) return { requests, outcome: 'reject', rule: violation.rule };
    if (!parser.complete) return { requests, outcome: parser.started ? 'incomplete' : 'accept', rule: '' };
    const part = (from: number, to: number) =>
      Buffer.from(head.bytes.subarray(head.base + from, head.base + to)).toString('latin1');
    requests.push(`${part(head.methodStart, head.methodEnd)} ${part(head.targetStart, head.targetEnd)}`);
    start += parser.length;
  }
  return { requests, outcome: 'accept', rule: '' };
}

const cases = ['gunicorn.json', 'picohttpparser.json']
  .flatMap(casesOf)
  .filter(({ usableStrict = true }) => usableStrict);
const requests = cases.filter(({ kind = 'request', expected }) => kind === 'request' && expected);

/** One message, and what it comes to. */
function checkMessage(
  message: 'request' | 'response',
  bytes: Uint8Array,
  wanted: string | undefined,
  content?: string,
): void {
  const { violation, complete } = parsed(message, [bytes]);
  if (violation !== null && wanted !== 'reject' && violation.rule in stricter) return;
  const outcome = violation !== null ? 'reject' : complete ? 'accept' : 'incomplete';
  if (wanted !== undefined) assert.equal(outcome, wanted, violation?.rule);
  if (content === undefined) return;
  const chunks = dissect(message, bytes).spans.filter(({ name }) => name === 'chunk-data');
  assert.equal(chunks.map(({ start, end }) => latin1(bytes, start, end)).join(''), content);
}

/** What a decoder that says so has made of a chunked body; undefined where it leaves the trailer section alone. */
function chunkedOutcome({ runner, args = '' }: Case): string | undefined {
  const waits = args.endsWith('-2');
  if (runner === '_failure') return waits ? 'incomplete' : 'reject';
  return args.startsWith('1') ? (waits ? 'incomplete' : 'accept') : undefined;
}

test('cases of responses, fields and chunked bodies of other projects', {
  skip: cases.length === 0 && 'SPARK_CASES names no folder of them',
}, async (t) => {
  const bytes = (base64 = '') => Buffer.from(base64, 'base64');
  const after = (head: string, rest: Uint8Array) => Uint8Array.from(Buffer.concat([Buffer.from(head), rest]));
  const chunked = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';
  for (const one of cases) {
    const { id, kind, requestBase64, expected, encodedBase64, decodedBase64 } = one;
    if (kind === 'response') {
      // Up to the end of the header section: these cases have no more, and nothing would tell where a body ends.
      const head = bytes(requestBase64)
        .toString('latin1')
        .replace(/\r\n\r\n$/, '\r\nContent-Length: 0\r\n\r\n');
      await t.test(id, () => checkMessage('response', after(head, bytes()), expected?.outcome));
    } else if (kind === 'headers') {
      const whole = after('GET / HTTP/1.0\r\n', bytes(requestBase64));
      await t.test(id, () => checkMessage('request', whole, expected?.outcome));
    } else if (kind === 'chunked-body') {
      const content = one.runner === '_failure' ? undefined : bytes(decodedBase64).toString('latin1');
      const whole = after(chunked, bytes(encodedBase64));
      await t.test(id, () => checkMessage('request', whole, chunkedOutcome(one), content));
    }
  }
});

test('request cases of other projects', {
  skip: requests.length === 0 && 'SPARK_CASES names no folder of them',
}, async (t) => {
  for (const { id, requestBase64 = '', expected } of requests) {
    await t.test(id, () => {
      const {
        requests: found,
        outcome,
        rule,
      } = readAll(Buffer.from(requestBase64, 'base64'), expected?.outcome === 'accept');
      const wanted = expected?.outcome ?? '';
      if (id in otherwise) {
        assert.notEqual(outcome, wanted, 'It is no difference any more.');
        return;
      }
      if (wanted === 'reject') assert.notEqual(outcome, 'accept', found.join(', '));
      else if (rule in stricter) return;
      else assert.equal(outcome, wanted, rule);
      const named = expected?.requests?.map(({ method, uri }) => `${method} ${uri.raw}`);
      if (wanted === 'accept' && named !== undefined) assert.deepEqual(found.slice(0, named.length), named);
    });
  }
});
