import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { filterTerm, parseFilter } from '../../../src/capture/filter.ts';
import { filterOperators } from '../../../src/capture/filterOperators.ts';
import type { FilterSubject } from '../../../src/capture/filterSubject.ts';

const requestHead =
  'GET /api/Items?page=2 HTTP/1.1\r\nHost: localhost:5500\r\nAccept: text/html\r\naccept : x\r\nCookie: a=b; c=d\r\n\r\n';
const responseHead = 'HTTP/1.1 404 Not Found\r\nContent-Type: application/json; charset=utf-8\r\n\r\n';

const example: FilterSubject = {
  id: 12,
  connection: 7,
  number: 2,
  serverName: 'site',
  method: 'GET',
  target: '/api/Items?page=2',
  status: 404,
  type: 'application/json',
  requestSize: 120,
  responseSize: 15_000,
  startedAt: new Date(2026, 2, 1, 14, 5, 10, 250).getTime(),
  duration: 12.5,
  rule: '',
  aborted: false,
  beforeReload: false,
  marked: false,
  imported: false,
  comment: '',
  pipelined: false,
  head: (message) => (message === 'request' ? requestHead : responseHead),
  bytes: (message) =>
    message === 'request' ? requestHead : `${responseHead}{"error":"gr\xc3\xbcn (no) such item"}`,
};

function matches(filter: string, changes: Partial<FilterSubject> = {}): boolean {
  const { condition, problem } = parseFilter(filter);
  assert.ok(condition, `${filter}: ${problem?.message}`);
  return condition.matches({ ...example, ...changes });
}

const holds = [
  '',
  '   ',
  'method:GET',
  'method:get',
  'METHOD:GET',
  'method:POST,GET',
  '-method:POST',
  'NOT method:POST',
  '- method:POST',
  'status:404',
  'status:4xx',
  'status:4XX',
  'status:200,4xx',
  'status:400-499',
  '-status:none',
  'path:/api',
  'path:/API/items',
  'path:=/api/items',
  'path:/api/*',
  'path:*items',
  '-path:page',
  'query:page=2',
  'query:=page=2',
  'target:items?page',
  'type:json',
  'type:application/*',
  'host:localhost',
  'host:=localhost:5500',
  'field:cookie',
  'header:Cookie',
  'field:cookie:c=d',
  'field:"cookie: a=b; c"',
  'field:accept:=x',
  'field:content-type:json',
  '-field:authorization',
  'conn:7',
  'connection:7,8',
  'exchange:12',
  'server:site',
  'larger:10k',
  '-larger:15k',
  'smaller:16kB',
  '-smaller:15kb',
  'larger:14KiB',
  'slower:12',
  'slower:12ms',
  'faster:1s',
  '-faster:12ms',
  'after:14:05',
  'after:14:05:10.250',
  'before:14:06',
  '-before:14:05:10',
  'is:error',
  'is:reused',
  '-is:malformed',
  '-is:aborted,open,pipelined,marked,before-reload',
  'items',
  'ITEMS',
  '/api/Items',
  '"such item"',
  '"SUCH Item"',
  '"grün"',
  '"(no)"',
  '"\\"error\\""',
  '/such\\s+item/',
  '/SUCH/i',
  '/^HTTP/',
  '-/nothing/',
  'method:POST OR status:404',
  'method:GET (status:200 OR status:404)',
  '(items)',
  '-(method:POST OR status:200)',
  '-(method:GET status:200)',
  '--method:GET',
  'OR:x OR method:GET'.replace('OR:x', 'method:PUT'),
];

const fails = [
  'method:POST',
  '-method:GET',
  'method:GE',
  'status:4xx -status:404',
  'status:405-499',
  'path:=/api',
  'path:"/api/*"',
  'path:/api/*x',
  'query:=page',
  'host:=localhost',
  'field:cookie:=c=d',
  'field:cook',
  'conn:70',
  'larger:15000',
  'smaller:15000',
  'slower:12.5',
  'after:14:06',
  'is:open',
  'such',
  '"gruen"',
  '"GRÜN"',
  '/SUCH/',
  'method:GET status:200',
  'method:POST OR status:200',
];

for (const filter of holds) test(`“${filter}” holds`, () => assert.equal(matches(filter), true));
for (const filter of fails) test(`“${filter}” does not hold`, () => assert.equal(matches(filter), false));

test('natures of an exchange', () => {
  assert.equal(matches('is:malformed', { rule: 'host-missing' }), true);
  assert.equal(matches('rule:host', { rule: 'host-missing' }), true);
  assert.equal(matches('is:error', { status: 200 }), false);
  assert.equal(matches('is:error', { status: 200, aborted: true }), true);
  assert.equal(matches('is:open', { duration: null }), true);
  assert.equal(matches('slower:1', { duration: null }), false);
  assert.equal(matches('is:pipelined', { pipelined: true }), true);
  assert.equal(matches('is:marked', { marked: true }), true);
  assert.equal(matches('is:imported', { imported: true }), true);
  assert.equal(matches('is:imported'), false);
  assert.equal(matches('has:comment', { comment: 'Why so slow?' }), true);
  assert.equal(matches('has:comment'), false);
  assert.equal(matches('comment:SLOW', { comment: 'Why so slow?' }), true);
  assert.equal(matches('comment:fast', { comment: 'Why so slow?' }), false);
  assert.equal(matches('path:=/x', { target: 'http://host:80/x?y=http://z/' }), true);
  assert.equal(matches('path:=*', { target: '*' }), true);
  assert.equal(matches('status:none', { status: 0 }), true);
});

const wrong: readonly (readonly [filter: string, message: RegExp, marked: string])[] = [
  ['status:4yz', /“4yz” is no status: give one like 404/, '4yz'],
  ['method:GET status:', /Give a value after “status:”/, 'status:'],
  ['status:499-400', /give the lower one first/, '499-400'],
  ['metod:GET', /no operator “metod:”.*Did you mean “method:”.*"metod:GET" in quotes/, 'metod:'],
  ['localhost:5500', /no operator “localhost:”/, 'localhost:'],
  ['is:green', /no “is:green”: give malformed, aborted/, 'green'],
  ['is:constructor', /no “is:constructor”/, 'constructor'],
  ['conn:x', /“x” is no number/, 'x'],
  ['larger:big', /“big” is no size/, 'big'],
  ['larger:1toString', /is no size/, '1toString'],
  ['slower:1h', /“1h” is no duration/, '1h'],
  ['after:25:00', /“25:00” is no time of day/, '25:00'],
  ['field:"two words"', /no field name/, '"two words"'],
  ['"open', /has no end/, '"open'],
  ['a ""', /Write a text between the quotes/, '""'],
  ['/(/', /no regular expression/, '/(/'],
  ['/a/q', /no regular expression/, '/a/q'],
  ['(a', /not closed/, '('],
  ['a )', /closes none/, ')'],
  ['()', /Nothing stands between/, '()'],
  ['a OR', /OR stands between two terms/, 'OR'],
  ['OR a', /OR stands between two terms/, 'OR a'],
  ['a -', /Nothing follows/, '-'],
  ['method:GET,', /Give a value/, 'method:GET,'],
  ['('.repeat(60), /nested too deeply/, ''],
];

describe('what is wrong is said, and where', () => {
  for (const [filter, message, marked] of wrong) {
    test(filter, () => {
      const { problem } = parseFilter(filter);
      assert.match(problem?.message ?? '', message);
      if (marked !== '') assert.equal(filter.slice(problem?.start, problem?.end), marked);
    });
  }
});

const echoes: readonly (readonly [string, string])[] = [
  ['', 'everything'],
  ['method:POST status:4xx', 'method is “POST” and status is from 400 to 499'],
  ['-path:/api', 'path does not contain “/api”'],
  ['method:GET,HEAD conn:7', '(method is “GET” or method is “HEAD”) and connection is 7'],
  ['-(conn:7 is:open)', 'connection is not 7 or the exchange has ended'],
  ['larger:10k', 'request or response is larger than 10,000 bytes'],
  ['"x and y" conn:1', 'the bytes contain “x and y” and connection is 1'],
];

for (const [filter, words] of echoes) {
  test(`“${filter}” in plain words`, () => assert.equal(parseFilter(filter).condition?.words, words));
}

test('every operator understands its own example, and each value that it offers', () => {
  for (const { name, example: written, values } of filterOperators) {
    assert.equal(parseFilter(written).problem, null, written);
    for (const value of Object.keys(values ?? {}))
      assert.equal(parseFilter(`${name}:${value}`).problem, null);
  }
});

test('a term made from a value holds for that value, whatever it is, and its opposite does not', () => {
  const cases = [
    ['target', (value: string) => ({ target: value })],
    ['server', (value: string) => ({ serverName: value })],
    ['method', (value: string) => ({ method: value })],
  ] as const;
  fc.assert(
    fc.property(
      fc.string({ minLength: 1, unit: 'binary' }),
      fc.constantFrom(...cases),
      (value, [operator, of]) => {
        assert.equal(matches(filterTerm(operator, value), of(value)), true);
        assert.equal(matches(filterTerm(operator, value, true), of(value)), false);
      },
    ),
  );
  assert.equal(filterTerm('target', '/'), 'target:=/');
  assert.equal(matches(filterTerm('target', '/'), { target: '/other' }), false);
});

test('whatever is typed, it is a filter or a problem within its bounds; and the opposite is one', () => {
  const piece = fc.constantFrom(
    'method:',
    'GET',
    '"',
    '/',
    '(',
    ')',
    '-',
    ' ',
    'OR',
    'NOT',
    ',',
    '=',
    '*',
    '\\',
    'status:4xx',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 12 }), (pieces) => {
      const text = pieces.join('');
      const { condition, problem } = parseFilter(text);
      if (problem !== null) {
        assert.ok(0 <= problem.start && problem.start <= problem.end && problem.end <= text.length);
        return;
      }
      assert.equal(typeof condition.matches(example), 'boolean');
      const opposite = parseFilter(`-(${text})`).condition;
      if (opposite !== null) assert.equal(opposite.matches(example), !condition.matches(example));
    }),
  );
});
