import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filterTerm, parseFilter } from '../../../src/capture/filter.ts';
import { filterableAt } from '../../../src/inspector/filterable.ts';
import { viewExchange } from '../../../src/inspector/messageView.ts';
import type { Direction } from '../../../src/protocol/capture.ts';
import { exampleDetail } from '../../e2e/inspectorPage/exchanges.ts';

const request =
  'GET /a%20b?x=1&y=2 HTTP/1.1\r\nHost: a:80\r\nCookie: id=7; z=1\r\nAccept: text/html, */*\r\nX-Empty:\r\n\r\n';
const response = 'HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 2\r\n\r\nhi';
const view = viewExchange(exampleDetail({ id: 1, request, response }));

/** The term that a text in a message stands for; empty where it stands for none. */
function term(direction: Direction, part: string): string {
  const start = (direction === 'received' ? request : response).indexOf(part);
  const filterable = filterableAt(view, { direction, start, end: start + part.length });
  return filterable === null ? '' : filterTerm(filterable.operator, filterable.value);
}

test('parts of messages stand for terms of the filter language', () => {
  const expected: [Direction, string, string][] = [
    ['received', 'GET', 'method:GET'],
    ['received', '/a%20b?x=1&y=2', 'target:=/a%20b?x=1&y=2'],
    ['received', '/a%20b', 'path:=/a%20b'],
    ['received', 'y=2', 'query:y=2'],
    ['received', 'HTTP/1.1', ''],
    ['received', 'Cookie', 'field:cookie'],
    ['received', 'id=7; z=1', 'field:"cookie:=id=7; z=1"'],
    ['received', 'id=7', 'field:cookie:id=7'],
    ['received', 'a:80', 'host:=a:80'],
    ['received', 'text/html, */*', 'field:"accept:=text/html, */*"'],
    ['received', 'X-Empty', 'field:x-empty'],
    ['sent', '200', 'status:200'],
    ['sent', 'OK', 'status:200'],
    ['sent', 'text/html; charset=utf-8', 'type:=text/html'],
    ['sent', 'hi', ''],
  ];
  for (const [direction, part, written] of expected) {
    assert.equal(term(direction, part), written, part);
    if (written !== '') assert.equal(parseFilter(written).problem, null);
  }
});
