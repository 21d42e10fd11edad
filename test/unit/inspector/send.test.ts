import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bytesOfHex, bytesOfText, wireHex, wireText } from '../../../src/http/content/wireText.ts';
import { dissect } from '../../../src/http/dissect.ts';
import { everyByte, readCuts } from '../../../src/inspector/send/cuts.ts';
import { gallery } from '../../../src/inspector/send/gallery.ts';

test('text and hexadecimal give back every byte', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      assert.deepEqual(bytesOfText(wireText(bytes)), { bytes });
      assert.deepEqual(bytesOfHex(wireHex(bytes)), { bytes });
    }),
  );
});

test('what cannot be read is said', () => {
  assert.ok('problem' in bytesOfText('a\\q'));
  assert.ok('problem' in bytesOfText('a\\'));
  assert.ok('problem' in bytesOfHex('4'));
  assert.ok('problem' in bytesOfHex('4g'));
  assert.deepEqual(bytesOfText('é\\x00\n'), { bytes: Uint8Array.of(0xc3, 0xa9, 0) });
});

test('cuts are offsets inside the bytes, in order', () => {
  assert.deepEqual(readCuts('9, 4 4', 10), { cuts: [4, 9] });
  assert.deepEqual(readCuts('', 10), { cuts: [] });
  for (const text of ['0', '10', 'x', '-1', '1.5']) assert.ok('problem' in readCuts(text, 10), text);
  assert.deepEqual(everyByte(3), [1, 2]);
});

test('the gallery has good requests and bad ones', () => {
  assert.ok(gallery.length >= 25);
  for (const { group, title, request } of gallery) {
    const { violation } = dissect('request', Buffer.from(request, 'latin1'));
    assert.equal(violation !== null, group === 'Malformed', title);
    if (group === 'Malformed') assert.equal(violation?.rule, title);
  }
});
