import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHttpDate, precondition, rangeApplies, validatorsOf } from '../../../src/site/validators.ts';
import { request } from './request.ts';

const modified = Date.UTC(1994, 10, 6, 8, 49, 37);
const modifiedNs = BigInt(modified + 250) * 1_000_000n;
const now = Date.UTC(2020, 0, 1);
const validators = validatorsOf(modifiedNs, 1234, null, now);
const { etag } = validators;
const opaque = etag.slice(2);
const same = 'Sun, 06 Nov 1994 08:49:37 GMT';
const before = 'Sun, 06 Nov 1994 08:49:36 GMT';

test('An entity tag is weak, and changes with time and size', () => {
  assert.match(etag, /^W\/"[\x21\x23-\x7e]+"$/);
  assert.notEqual(validatorsOf(modifiedNs + 1n, 1234, null, now).etag, etag);
  assert.notEqual(validatorsOf(modifiedNs, 1235, null, now).etag, etag);
});

test('Last-Modified is in whole seconds and never later than now', () => {
  assert.equal(validators.lastModified, modified);
  assert.equal(validatorsOf(BigInt(now + 5000) * 1_000_000n, 1, null, now).lastModified, now);
});

const preconditions: [fields: Record<string, string>, expected: ReturnType<typeof precondition>][] = [
  [{}, 'none'],
  [{ 'if-none-match': etag }, 'not-modified'],
  [{ 'if-none-match': opaque }, 'not-modified'],
  [{ 'if-none-match': '*' }, 'not-modified'],
  [{ 'if-none-match': `"a,b", W/"c" , ${etag}` }, 'not-modified'],
  [{ 'if-none-match': '"a", W/"b"' }, 'none'],
  [{ 'if-none-match': opaque.slice(1, -1) }, 'none'],
  [{ 'if-modified-since': same }, 'not-modified'],
  [{ 'if-modified-since': before }, 'none'],
  [{ 'if-modified-since': 'yesterday' }, 'none'],
  // If-None-Match takes precedence (RFC 9110 section 13.1.3).
  [{ 'if-none-match': '"a"', 'if-modified-since': same }, 'none'],
  [{ 'if-none-match': etag, 'if-modified-since': before }, 'not-modified'],
  [{ 'if-match': '*' }, 'none'],
  [{ 'if-match': etag }, 'failed'],
  [{ 'if-match': '"a"', 'if-none-match': etag }, 'failed'],
  [{ 'if-unmodified-since': same }, 'none'],
  [{ 'if-unmodified-since': before }, 'failed'],
  [{ 'if-match': '*', 'if-unmodified-since': before }, 'none'],
];

for (const [fields, expected] of preconditions) {
  test(`${JSON.stringify(fields)}: ${expected}`, () => {
    assert.equal(precondition(request('/', fields), validators), expected);
  });
}

test('If-Range lets a range through for the exact date only, and for no weak entity tag', () => {
  const applies = (value: string, at = now) =>
    rangeApplies(request('/', { 'if-range': value }), validators, at);
  assert.equal(rangeApplies(request('/'), validators, now), true);
  assert.equal(applies(same), true);
  assert.equal(applies(before), false);
  assert.equal(applies('Sun, 06 Nov 1994 08:49:38 GMT'), false);
  assert.equal(applies(etag), false);
  assert.equal(applies(opaque), false);
  assert.equal(applies('nonsense'), false);
  // Within a minute of the change there could be another one in the same second.
  assert.equal(applies(same, modified + 59_000), false);
});

const dates: [text: string, expected: number | null][] = [
  [same, modified],
  ['Sunday, 06-Nov-94 08:49:37 GMT', modified],
  ['Sun Nov  6 08:49:37 1994', modified],
  ['Sun, 31 Feb 1994 08:49:37 GMT', null],
  ['Sun, 06 Nov 1994 24:49:37 GMT', null],
  ['Sun, 06 Foo 1994 08:49:37 GMT', null],
  ['Sun, 06 Nov 1994 08:49:37', null],
  ['784111777', null],
  ['', null],
];

for (const [text, expected] of dates) {
  test(`HTTP-date ${JSON.stringify(text)}`, () => assert.equal(parseHttpDate(text), expected));
}
