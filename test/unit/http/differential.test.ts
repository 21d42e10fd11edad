import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bytesOf, latin1 } from '../../../src/http/bytes.ts';
import { dissect } from '../../../src/http/dissect.ts';
import { ParsedRequest } from '../../../src/http/request.ts';
import { llhttpVerdict, type Verdict } from './llhttp.ts';
import {
  llhttpEndsOtherwise,
  llhttpLenient,
  llhttpStricter,
  withoutTrailingSpace,
} from './llhttpDifferences.ts';
import { changedRequest, effort, nearlyHttp } from './nearlyHttp.ts';
import { parsed } from './parsing.ts';

interface SparkVerdict extends Verdict {
  /** Whether the header section is well-formed: what was refused stands behind it. */
  readonly headPassed: boolean;
}

function sparkVerdict(bytes: Uint8Array): SparkVerdict {
  const parser = parsed('request', [bytes]);
  const { head, violation } = parser;
  const request = new ParsedRequest(head);
  const part = (start: number, end: number) => latin1(head.bytes, head.base + start, head.base + end);
  const fields = Array.from({ length: head.fieldCount }, (_, i): [string, string] => [
    part(head.nameStart(i), head.nameEnd(i)),
    part(head.valueStart(i), head.valueEnd(i)),
  ]);
  const body = dissect('request', bytes)
    .spans.filter(({ name }) => name === 'message-body' || name === 'chunk-data')
    .map(({ start, end }) => latin1(bytes, start, end))
    .join('');
  return {
    outcome: violation !== null ? 'refused' : parser.complete ? 'complete' : 'incomplete',
    reason: violation?.rule ?? '',
    headPassed: head.end > 0 && (violation === null || violation.offset >= head.end),
    end: parser.complete ? parser.length : -1,
    method: request.method,
    target: request.target,
    minorVersion: request.minorVersion,
    fields,
    body,
  };
}

/** Differences that are not in the lists: there must be none. */
function unexplained(bytes: Uint8Array): string | null {
  const spark = sparkVerdict(bytes);
  const llhttp = llhttpVerdict(bytes);
  if (spark.outcome === 'refused') {
    if (llhttp.outcome === 'refused' || spark.reason in llhttpLenient) return null;
    // Where llhttp has seen no body, it could not refuse it either.
    if (spark.headPassed && llhttpEndsOtherwise.some(({ when }) => when(spark))) return null;
    return `Only Spark refuses it: ${spark.reason}`;
  }
  if (llhttp.outcome === 'refused') {
    const known = llhttpStricter.some(
      ({ error, when }) => error === llhttp.reason && when(spark, latin1(bytes, 0, bytes.length)),
    );
    return known ? null : `Only llhttp refuses it: ${llhttp.reason}`;
  }
  const same =
    spark.outcome === llhttp.outcome &&
    (spark.outcome === 'incomplete' ||
      JSON.stringify(shape(spark)) === JSON.stringify(shape(withoutTrailers(llhttp, spark.fields.length))));
  if (same || llhttpEndsOtherwise.some(({ when }) => when(spark))) return null;
  return `${JSON.stringify(shape(spark))} is not ${JSON.stringify(shape(llhttp))}`;
}

/** llhttp reports trailer fields among the others, behind them; Spark keeps them apart (RFC 9112 section 7.1.2). */
function withoutTrailers(llhttp: Verdict, headerFields: number): Verdict {
  return { ...llhttp, fields: withoutTrailingSpace(llhttp.fields).slice(0, headerFields) };
}

/** What both have to agree on. */
function shape({ end, method, target, minorVersion, fields, body }: Verdict) {
  return { end, method, target, minorVersion, fields, body };
}

test('llhttp does not read a body of CONNECT, Spark does', () => {
  const chunked = bytesOf('CONNECT a:443 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
  assert.equal(unexplained(chunked), null);
  assert.equal(sparkVerdict(chunked).outcome, 'incomplete');
  assert.equal(llhttpVerdict(chunked).outcome, 'complete');
  const malformed = Uint8Array.from([...chunked, ...bytesOf('close\r\n')]);
  assert.equal(unexplained(malformed), null);
  assert.equal(sparkVerdict(malformed).reason, 'chunk-size-syntax');
  assert.equal(llhttpVerdict(malformed).outcome, 'complete');
});

for (const [name, requests] of [
  ['changed requests', changedRequest],
  ['anything like HTTP', nearlyHttp],
] as const) {
  test(`Spark and llhttp agree on ${name}, but for what is listed`, () => {
    fc.assert(
      fc.property(requests, (bytes) => {
        const difference = unexplained(bytes);
        assert.equal(difference, null, `${difference}: ${JSON.stringify(latin1(bytes, 0, bytes.length))}`);
      }),
      effort(10_000),
    );
  });
}
