import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { visibleString } from '../../../src/http/visibleText.ts';
import { HexLayout } from '../../../src/inspector/hexLayout.ts';
import {
  fittingColumns,
  hexCharacter,
  hexColumns,
  hexRowText,
  offsetAt,
  runInRow,
} from '../../../src/inspector/hexRow.ts';
import { MessageBytes } from '../../../src/inspector/messageBytes.ts';

const whole = (text: string) => {
  const bytes = new TextEncoder().encode(text);
  return new MessageBytes([{ offset: 0, bytes }], bytes.length);
};

test('a full row shows offset, bytes and text', () => {
  const layout = new HexLayout(whole('HTTP/1.1 200 OK\r\n'), 16);
  const columns = hexColumns(16, 17);
  assert.equal(
    hexRowText(layout.row(0), columns),
    '0000  48 54 54 50 2F 31 2E 31  20 32 30 30 20 4F 4B 0D  HTTP/1.1 200 OK·',
  );
  assert.equal(hexRowText(layout.row(0), columns).length, columns.width);
  assert.equal(hexRowText(layout.row(1), columns), `0010  0A${' '.repeat(48)}·${' '.repeat(15)}`);
});

test('a narrow row has no wider space in its middle', () => {
  const layout = new HexLayout(whole('HTTP/1.1'), 8);
  assert.equal(hexRowText(layout.row(0), hexColumns(8, 8)), '0000  48 54 54 50 2F 31 2E 31  HTTP/1.1');
});

test('offsets have as many digits as the last one needs', () => {
  assert.equal(hexColumns(16, 0).digits, 4);
  assert.equal(hexColumns(16, 0x10000).digits, 4);
  assert.equal(hexColumns(16, 0x10001).digits, 5);
});

test('the widest row that fits is taken, and the narrowest where none does', () => {
  assert.equal(fittingColumns(200, 100).columns, 16);
  assert.equal(fittingColumns(hexColumns(16, 100).width - 1, 100).columns, 8);
  assert.equal(fittingColumns(10, 100).columns, 4);
});

test('a gap is one row that says what is missing', () => {
  const bytes = new MessageBytes([{ offset: 1600, bytes: new TextEncoder().encode('tail') }], 1_001_604);
  const layout = new HexLayout(bytes, 16);
  const columns = hexColumns(16, bytes.length);
  assert.equal(layout.rowCount, 3);
  assert.equal(hexRowText(layout.row(0), columns), '00000  1,600 bytes not kept');
  assert.equal(hexRowText(layout.row(1), columns).slice(0, 18), '00640  74 61 69 6C');
  assert.equal(hexRowText(layout.row(2), columns), '00644  1,000,000 bytes not kept');
  assert.equal(runInRow(layout.row(0), columns, 0, 100), null);
  assert.equal(offsetAt(columns.hexStart, layout.row(0), columns), -1);
});

test('bytes that the kernel sent out of a file are a row that says which', () => {
  const kept = [{ offset: 0, bytes: new TextEncoder().encode('head') }];
  const file = { start: 10, end: 1010, path: '/site/\u202efilm', offset: 4096 };
  const bytes = new MessageBytes(kept, 1020, [file]);
  const layout = new HexLayout(bytes, 16);
  const columns = hexColumns(16, bytes.length);
  const rows = Array.from({ length: layout.rowCount }, (_, row) => hexRowText(layout.row(row), columns));
  assert.deepEqual(rows.slice(1), [
    '0004  6 bytes not kept',
    `000A  1,000 bytes not captured: sent from ${visibleString(file.path)}, offset 4,096, length 1,000`,
    '03F2  10 bytes not kept',
  ]);
});

test('bytes behind a gap keep the column of their offset', () => {
  const bytes = new MessageBytes([{ offset: 5, bytes: new TextEncoder().encode('abc') }], 8);
  const layout = new HexLayout(bytes, 4);
  const columns = hexColumns(4, 8);
  assert.deepEqual(
    [0, 1].map((row) => hexRowText(layout.row(row), columns)),
    ['0000  5 bytes not kept', '0004     61 62 63   abc'],
  );
  assert.equal(offsetAt(hexCharacter(columns, 1), layout.row(1), columns), 5);
  assert.equal(offsetAt(hexCharacter(columns, 0), layout.row(1), columns), -1);
});

const messages = fc
  .array(fc.record({ gap: fc.nat(40), length: fc.integer({ min: 1, max: 80 }) }), { maxLength: 5 })
  .chain((runs) => fc.tuple(fc.constant(runs), fc.nat(30), fc.constantFrom(4, 8, 16)))
  .map(([runs, rest, columns]) => {
    let offset = 0;
    const kept = runs.map(({ gap, length }) => {
      offset += gap;
      const run = { offset, bytes: new Uint8Array(length).map((_, i) => (offset + i) % 256) };
      offset += length;
      return run;
    });
    return { bytes: new MessageBytes(kept, offset + rest), columns };
  });

test('rows hold every byte once, in order, and each byte is found in its row', () => {
  fc.assert(
    fc.property(messages, ({ bytes, columns }) => {
      const layout = new HexLayout(bytes, columns);
      let position = 0;
      for (let index = 0; index < layout.rowCount; index++) {
        const row = layout.row(index);
        assert.equal(row.start, position);
        position = row.end;
        for (let offset = row.start; offset < row.end; offset++) assert.equal(layout.rowOf(offset), index);
        if (row.bytes !== null) assert.ok(row.column + row.end - row.start <= columns);
      }
      assert.equal(position, bytes.length);
      assert.equal(layout.rowOf(bytes.length), -1);
    }),
  );
});

test('the characters that show a byte lead back to it, in both parts', () => {
  fc.assert(
    fc.property(messages, ({ bytes, columns: width }) => {
      const layout = new HexLayout(bytes, width);
      const columns = hexColumns(width, bytes.length);
      for (let index = 0; index < layout.rowCount; index++) {
        const row = layout.row(index);
        if (row.bytes === null) continue;
        const text = hexRowText(row, columns);
        for (let offset = row.start; offset < row.end; offset++) {
          const run = runInRow(row, columns, offset, offset + 1);
          assert.ok(run !== null);
          assert.equal(Number.parseInt(text.slice(run.hexStart, run.hexEnd), 16), bytes.at(offset));
          for (const character of [run.hexStart, run.hexEnd - 1, run.hexEnd, run.textStart]) {
            assert.equal(offsetAt(character, row, columns), offset);
          }
          assert.equal(run.textEnd, run.textStart + 1);
        }
        assert.equal(offsetAt(columns.hexStart - 1, row, columns), -1);
        assert.equal(offsetAt(columns.width, row, columns), -1);
      }
    }),
  );
});

test('every space between bytes belongs to the byte before it', () => {
  for (const width of [4, 8, 16]) {
    const layout = new HexLayout(whole('0123456789abcdef'), width);
    const columns = hexColumns(width, 16);
    let expected = 0;
    for (let character = columns.hexStart; character < columns.textStart; character++) {
      if (expected + 1 < width && character === hexCharacter(columns, expected + 1)) expected++;
      assert.equal(offsetAt(character, layout.row(0), columns), expected);
    }
    assert.equal(expected, width - 1);
  }
});

test('a run of bytes is one run of characters in each part', () => {
  const layout = new HexLayout(whole('0123456789abcdef'), 16);
  const columns = hexColumns(16, 16);
  const text = hexRowText(layout.row(0), columns);
  const run = runInRow(layout.row(0), columns, 6, 10);
  assert.ok(run !== null);
  assert.equal(text.slice(run.hexStart, run.hexEnd), '36 37  38 39');
  assert.equal(text.slice(run.textStart, run.textEnd), '6789');
  assert.equal(runInRow(layout.row(0), columns, 16, 20), null);
});
