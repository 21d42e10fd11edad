/**
 * Request cases of other projects, where there is a folder of them: SPARK_CASES names it. They are no part of this
 * project. What they expect otherwise than Spark is listed, with the reason.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { RuleId } from '../../../src/http/rules.ts';
import { parsed } from './parsing.ts';

interface Case {
  readonly id: string;
  readonly kind?: string;
  readonly usableStrict?: boolean;
  readonly requestBase64?: string;
  readonly expected?: {
    readonly outcome: string;
    readonly requests?: readonly { readonly method: string; readonly uri: { readonly raw: string } }[];
  };
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
  .filter(
    ({ usableStrict = true, kind = 'request', expected }) => usableStrict && kind === 'request' && expected,
  );

test('request cases of other projects', {
  skip: cases.length === 0 && 'SPARK_CASES names no folder of them',
}, async (t) => {
  for (const { id, requestBase64 = '', expected } of cases) {
    await t.test(id, () => {
      const { requests, outcome, rule } = readAll(
        Buffer.from(requestBase64, 'base64'),
        expected?.outcome === 'accept',
      );
      const wanted = expected?.outcome ?? '';
      if (id in otherwise) {
        assert.notEqual(outcome, wanted, 'It is no difference any more.');
        return;
      }
      if (wanted === 'reject') assert.notEqual(outcome, 'accept', requests.join(', '));
      else if (rule in stricter) return;
      else assert.equal(outcome, wanted, rule);
      const named = expected?.requests?.map(({ method, uri }) => `${method} ${uri.raw}`);
      if (wanted === 'accept' && named !== undefined)
        assert.deepEqual(requests.slice(0, named.length), named);
    });
  }
});
