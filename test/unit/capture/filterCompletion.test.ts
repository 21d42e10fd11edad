import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completeFilter, withTerm } from '../../../src/capture/filterCompletion.ts';
import type { FilterSubject } from '../../../src/capture/filterSubject.ts';

const subject: FilterSubject = {
  id: 1,
  connection: 7,
  number: 1,
  serverName: 'my site',
  method: 'PATCH',
  target: '/api/items?page=2',
  status: 418,
  type: 'application/json',
  requestSize: 1,
  responseSize: 1,
  startedAt: 0,
  duration: 1,
  rule: '',
  aborted: false,
  beforeReload: false,
  marked: false,
  imported: false,
  comment: '',
  pipelined: false,
  head: (message) =>
    message === 'request' ? 'GET / HTTP/1.1\r\nHost: a.example\r\nX-Colour: blue\r\n\r\n' : '',
  bytes: () => '',
};

/** `|` stands for the caret. What is suggested, and the text with the first suggestion taken. */
function complete(marked: string): { texts: string[]; taken: string } {
  const caret = marked.indexOf('|');
  const text = marked.replace('|', '');
  const { start, end, suggestions } = completeFilter(text, caret, [subject, { ...subject, method: 'GET' }]);
  const texts = suggestions.map((suggestion) => suggestion.text);
  return { texts, taken: `${text.slice(0, start)}${texts[0] ?? ''}${text.slice(end)}` };
}

test('operators are completed, by their other names too', () => {
  assert.deepEqual(complete('me|').texts, ['method:']);
  assert.equal(complete('conn:7 me|').taken, 'conn:7 method:');
  assert.equal(complete('-me|').taken, '-method:');
  assert.equal(complete('(me|').taken, '(method:');
  assert.equal(complete('me|thod x').taken, 'method: x');
  assert.deepEqual(complete('header|').texts, ['field:']);
  assert.ok(complete('|').texts.length > 12);
});

test('who types the value finds the operator', () => {
  assert.deepEqual(complete('mal|').texts, ['is:malformed']);
  assert.deepEqual(complete('4x|').texts, ['status:4xx']);
});

test('values come from a fixed set, and from the newest exchanges', () => {
  assert.deepEqual(complete('status:|').texts.slice(-2), ['none', '418']);
  assert.equal(complete('is:ab|').taken, 'is:aborted');
  assert.deepEqual(complete('method:|').texts, ['PATCH', 'GET']);
  assert.equal(complete('method:GET,p|').taken, 'method:GET,PATCH');
  assert.equal(complete('server:|').taken, 'server:="my site"');
  assert.deepEqual(complete('field:|').texts, ['host', 'x-colour']);
  assert.equal(complete('host:|').taken, 'host:a.example');
  assert.equal(complete('path:/a|').taken, 'path:/api/items');
  assert.equal(complete('larger:|').taken, 'larger:10k');
});

test('nothing is suggested where nothing can be', () => {
  for (const text of ['"me|', 'nothing:|', 'method:zzz|', '"a" "me|"']) {
    assert.deepEqual(complete(text).texts, [], text);
  }
});

test('a term is added to a filter', () => {
  assert.equal(withTerm('', 'conn:7'), 'conn:7');
  assert.equal(withTerm(' method:GET ', 'conn:7'), 'method:GET conn:7');
  assert.equal(withTerm('a OR b', 'conn:7'), '(a OR b) conn:7');
  assert.equal(withTerm('method:GET conn:7', 'conn:7'), 'method:GET conn:7');
  assert.equal(withTerm('status:', 'conn:7'), 'conn:7');
});
