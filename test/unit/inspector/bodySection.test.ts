import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  bodySection,
  type Choices,
  type Decompression,
  noChoices,
} from '../../../src/inspector/bodySection.ts';
import { viewExchange } from '../../../src/inspector/messageView.ts';
import type { PartRow } from '../../../src/inspector/partRow.ts';
import { chunkedExchange, exampleDetail } from '../../e2e/inspectorPage/exchanges.ts';
import {
  formExchange,
  jsonExchange,
  largeExchange,
  pictureExchange,
  postedFormExchange,
} from '../../e2e/inspectorPage/meaningExchanges.ts';

type Example = Parameters<typeof exampleDetail>[0];

function section(
  example: Example,
  direction: 'received' | 'sent',
  choices: Partial<Choices> = {},
  decompression: Decompression = null,
) {
  const message = viewExchange(exampleDetail(example))[direction];
  const line = message.lines.find(({ kind }) => kind === 'body');
  assert.ok(line !== undefined);
  return { message, ...bodySection(message, line, { ...noChoices, ...choices }, decompression) };
}

/** Level and texts of each row, with what it stands for where that is asked for. */
const shown = (rows: readonly PartRow[]) =>
  rows.map(({ level, texts, remark, block }) =>
    [
      level,
      ...texts.map(({ text }) => text),
      remark,
      block === null || block.kind === 'image' ? '' : block.text,
    ]
      .filter((part) => part !== '')
      .join(' | '),
  );

const post = (type: string, body: string): Example => ({
  id: 1,
  request: `POST / HTTP/1.1\r\nHost: a\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
});

test('JSON is a tree, open at the top', () => {
  const { rows, actions, message } = section(jsonExchange, 'sent');
  assert.deepEqual(shown(rows), [
    '3 | { 2 members }',
    '4 | items | [ 2 elements ]',
    '5 | [0] | { 2 members }',
    '5 | [1] | { 2 members }',
    '4 | total | 2',
  ]);
  assert.deepEqual(
    actions.map(({ label }) => label),
    ['Tree', 'Text', 'Hex'],
  );
  const total = rows.at(-1)?.place;
  assert.ok(total);
  assert.equal(new TextDecoder().decode(message.bytes.slice(total.start, total.end)), '"total":2');
});

test('a row of the tree that was opened shows what is in it', () => {
  const closed = section(jsonExchange, 'sent').rows[2];
  assert.equal(closed.opened, false);
  const { rows } = section(jsonExchange, 'sent', { toggled: new Set([closed.key]) });
  assert.deepEqual(shown(rows).slice(2, 5), ['5 | [0] | { 2 members }', '6 | id | 1', '6 | name | "café"']);
});

test('text that is no JSON is shown up to where it breaks', () => {
  const { rows } = section(post('application/json', '{"a":1,}'), 'received');
  assert.deepEqual(shown(rows), ['3 | { 1 member }', '4 | a | 1', '3 | From here on it is no JSON.']);
});

test('form fields are decoded, and stand for their bytes', () => {
  const { rows, message } = section(postedFormExchange, 'received');
  assert.deepEqual(shown(rows), ['3 | name | Ada Lovelace | form field', '3 | city | Köln | form field']);
  const value = rows[1].texts[1].place;
  assert.ok(value);
  assert.equal(new TextDecoder().decode(message.bytes.slice(value.start, value.end)), 'K%C3%B6ln');
});

test('a multipart body is shown part by part, each by its own type', () => {
  const { rows } = section(formExchange, 'received');
  assert.deepEqual(shown(rows), [
    '3 | part 1 · 9 bytes · name title',
    '4 | Content-Disposition | form-data; name="title"',
    '4 | Hello <b>',
    '3 | part 2 · 11 bytes · name data · filename a.json',
    '4 | Content-Disposition | form-data; name="data"; filename="a.json"',
    '4 | Content-Type | application/json',
    '4 | { 1 member }',
    '5 | a | [ 2 elements ]',
    '6 | [0] | 1',
    '6 | [1] | 2',
  ]);
});

test('parts within parts within parts end somewhere', () => {
  let body = 'deep';
  for (let i = 0; i < 20; i++) {
    body = `--b${i}\r\nContent-Type: multipart/mixed; boundary=b${i - 1}\r\n\r\n${body}\r\n--b${i}--`;
  }
  const { rows } = section(post('multipart/mixed; boundary=b19', body), 'received');
  assert.ok(rows.length < 20);
});

test('a picture is one', () => {
  const { rows } = section(pictureExchange, 'sent');
  assert.equal(rows[0].block?.kind, 'image');
});

test('chunks are shown one by one where they are asked for', () => {
  const { rows, facts } = section(chunkedExchange, 'received', { source: new Map([['received', 'wire']]) });
  assert.deepEqual(facts, ['23 bytes', 'application/json', '3 chunks']);
  assert.deepEqual(shown(rows), [
    '3 | 9 | {"name":"',
    '3 | b | ;part=2 | spark","n":',
    '3 | 3 | 1}\\n',
    '3 | 0',
  ]);
});

test('what was compressed is shown without its coding', () => {
  const bytes = new TextEncoder().encode('{"a":1}');
  const { rows, actions } = section(formExchange, 'sent', {}, { bytes, end: 'whole' });
  assert.deepEqual(shown(rows).slice(1), ['3 | { 1 member }', '4 | a | 1']);
  assert.match(rows[0].remark, /^7 bytes, from \d+ bytes on the wire$/);
  assert.equal(rows[2].place, null);
  assert.deepEqual(
    actions.map(({ label, pressed }) => [label, pressed]),
    [
      ['Chunks', false],
      ['De-chunked', false],
      ['Decompressed', true],
      ['Tree', true],
      ['Text', false],
      ['Hex', false],
    ],
  );
});

test('of what cannot be decompressed, it is said why', () => {
  const nothing = new Uint8Array(0);
  const remark = (decompression: Decompression) =>
    section(formExchange, 'sent', {}, decompression).rows[0].remark;
  assert.match(remark({ bytes: nothing, end: 'unavailable' }), /cannot be undone here/);
  assert.match(remark({ bytes: nothing, end: 'broken' }), /not of the coding/);
  assert.match(remark({ bytes: new Uint8Array(9), end: 'cut' }), /decompressing stops here/);
});

test('text is read in the encoding that its type names', () => {
  const text = (type: string, body: string) => shown(section(post(type, body), 'received').rows);
  assert.deepEqual(text('text/plain; charset=iso-8859-1', 'caf\xe9'), ['3 | read as windows-1252 | café']);
  assert.deepEqual(text('text/plain; charset=utf-8', 'caf\xe9'), ['3 | caf\\xE9']);
  assert.deepEqual(text('text/plain; charset=klingon', 'a'), [
    '3 | The charset "klingon" is not known; read as utf-8. | a',
  ]);
  assert.deepEqual(text('text/plain; charset=utf-16le', 'a\0\x2e\x20'), [
    '3 | read as utf-16le | a\\u{202E}',
  ]);
});

test('a large body is shown by its beginning, in slices', () => {
  const large = largeExchange(100_000_000);
  const first = section(large, 'sent');
  const [row] = first.rows;
  assert.equal(row.block?.kind === 'text' && row.block.text.length, 2048);
  assert.match(row.remark, /more bytes$/);
  const [action] = row.actions;
  assert.ok(action.does.kind === 'more');
  const more = section(large, 'sent', { more: new Map([[action.does.key, 1]]) }).rows[0];
  assert.equal(more.block?.kind === 'text' && more.block.text.length, 256 * 1024);
});

test('very many values, fields and chunks are shown in slices', () => {
  const json = section(post('application/json', `[${'1,'.repeat(5000)}1]`), 'received').rows;
  const form = section(post('application/x-www-form-urlencoded', 'a=1&'.repeat(5000)), 'received').rows;
  for (const rows of [json, form]) {
    assert.equal(rows.length, 51);
    assert.equal(rows[50].actions[0].label, 'Show more');
  }
});

test('whatever the bytes and the type, the rows are shown and stand within the message', () => {
  const types = fc.constantFrom(
    'application/json',
    'multipart/form-data; boundary=b',
    'application/x-www-form-urlencoded',
    'text/html; charset=utf-16',
    'image/png',
  );
  const bodies = fc.array(
    fc.constantFrom('--b', '\r\n', '\n', ': ', '{', '"', '[1,', '&', '=', '%', '\xff', '\0', 'a'),
    {
      minLength: 1,
    },
  );
  fc.assert(
    fc.property(types, bodies, (type, pieces) => {
      const body = pieces.join('');
      const { rows, message } = section(post(type, body), 'received');
      for (const { place, texts } of rows) {
        for (const part of [place, ...texts.map((text) => text.place)]) {
          if (part !== null) assert.ok(part.start <= part.end && part.end <= message.bytes.length);
        }
        for (const { text } of texts) assert.doesNotMatch(text, /[\p{Cc}\p{Cf}]/u);
      }
    }),
  );
});
