import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineParts, opensByItself } from '../../../src/inspector/lineParts.ts';
import { viewExchange } from '../../../src/inspector/messageView.ts';
import { exampleDetail } from '../../e2e/inspectorPage/exchanges.ts';
import { formExchange } from '../../e2e/inspectorPage/meaningExchanges.ts';

const view = viewExchange(exampleDetail(formExchange));

function lineOf(direction: 'received' | 'sent', name: string) {
  const message = view[direction];
  const line = message.lines.find(
    ({ tokens }) =>
      tokens.length > 0 &&
      new TextDecoder().decode(message.bytes.slice(tokens[0].start, tokens[0].end)) === name,
  );
  assert.ok(line !== undefined);
  return { message, line, rows: lineParts(message, line) };
}

const shown = ({ rows }: ReturnType<typeof lineOf>) =>
  rows.map(({ texts, remark }) =>
    [...texts.map(({ text }) => text), remark].filter((part) => part !== '').join(' | '),
  );

test('a target is taken apart, and its parameters are decoded', () => {
  const found = lineOf('received', 'POST');
  assert.deepEqual(shown(found).slice(0, 4), [
    '/api/items | path',
    'tag | café noir | query parameter',
    'tag | 2 | query parameter',
    'empty |  | query parameter'.replace(' |  |', ' |'),
  ]);
  assert.match(shown(found)[4], /^Hands the body to the target/);
  assert.deepEqual(
    found.rows[4].links.map(({ name }) => name),
    ['RFC 9110 section 9.3.3', 'MDN'],
  );
  const place = found.rows[1].texts[1].place;
  assert.ok(place);
  assert.equal(new TextDecoder().decode(found.message.bytes.slice(place.start, place.end)), 'caf%C3%A9+noir');
  assert.equal(opensByItself(found.message, found.line), true);
});

test('cookies are taken apart, and what is set is explained', () => {
  assert.deepEqual(shown(lineOf('received', 'Cookie')).slice(1), ['session | abc123', 'theme | dark']);
  assert.deepEqual(shown(lineOf('sent', 'Set-Cookie')).slice(1), [
    'session | def',
    'Path | / | The cookie goes with requests for paths that begin so.',
    'HttpOnly | Scripts of the page cannot read the cookie.',
    'Max-Age | 3600 | The cookie goes after so many seconds; goes before Expires.',
  ]);
});

test('lists and parameters of fields are taken apart', () => {
  assert.deepEqual(shown(lineOf('received', 'Accept-Encoding')).slice(1), ['gzip', 'deflate', 'br']);
  assert.deepEqual(shown(lineOf('received', 'Content-Type')).slice(1), [
    'multipart/form-data',
    'boundary | b0und',
  ]);
});

test('a status is explained', () => {
  const { message } = lineOf('sent', 'Date');
  const rows = lineParts(message, message.lines[0]);
  assert.match(rows[0].remark, /^A new resource was made/);
});

test('a field that nobody has registered is said to be none', () => {
  const { received } = viewExchange(
    exampleDetail({ id: 1, request: 'GET / HTTP/1.1\r\nHost: a\r\nX-Own: 1\r\n\r\n' }),
  );
  const line = received.lines.filter(({ kind }) => kind === 'field')[1];
  assert.match(lineParts(received, line)[0].remark, /^Not a registered field/);
  assert.equal(opensByItself(received, line), false);
});
