import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  looksLikeText,
  octetName,
  visiblePieces,
  visibleString,
  visibleText,
} from '../../../src/http/visibleText.ts';

const encoder = new TextEncoder();
const shown = (text: string) => visibleText(encoder.encode(text));

test('printable text stays as it is, in any script', () => {
  assert.equal(shown('GET /naïve?q=日本 😀'), 'GET /naïve?q=日本 😀');
});

test('control characters are written as escapes', () => {
  assert.equal(shown('a\0b\x1b[31m\x7f\r\n\t'), 'a\\x00b\\x1B[31m\\x7F\\r\\n\\t');
  assert.equal(shown('\u0085'), '\\x85');
});

test('bidirectional and invisible marks are written as escapes', () => {
  assert.equal(
    shown('\u202egnp.exe\u2066\u200b\ufeff\u2028'),
    '\\u{202E}gnp.exe\\u{2066}\\u{200B}\\u{FEFF}\\u{2028}',
  );
  assert.equal(shown('\u{e0041}'), '\\u{E0041}');
});

test('bytes that are not UTF-8 are written as bytes, one by one', () => {
  assert.equal(visibleText(Uint8Array.of(0x61, 0xff, 0xc3, 0x28, 0xe2, 0x82)), 'a\\xFF\\xC3(\\xE2\\x82');
  // Overlong, a surrogate, beyond the last code point (Unicode, table 3-7).
  assert.equal(visibleText(Uint8Array.of(0xc0, 0xaf)), '\\xC0\\xAF');
  assert.equal(visibleText(Uint8Array.of(0xed, 0xa0, 0x80)), '\\xED\\xA0\\x80');
  assert.equal(visibleText(Uint8Array.of(0xf4, 0x90, 0x80, 0x80)), '\\xF4\\x90\\x80\\x80');
});

test('escapes are told from text that looks like them', () => {
  assert.deepEqual(visiblePieces(encoder.encode('\\x00\0')), [
    { text: '\\x00', escaped: false },
    { text: '\\x00', escaped: true },
  ]);
});

test('kept characters stay', () => {
  assert.equal(visibleText(encoder.encode('a\n\tb\r'), '\n\t'), 'a\n\tb\\r');
});

test('strings are escaped as bytes are', () => {
  assert.equal(visibleString('/a\u202e\x1b'), '/a\\u{202E}\\x1B');
  assert.equal(visibleString('\ud800'), '\\u{D800}');
});

test('well-formed UTF-8 is decoded as the platform decodes it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const plain = text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '');
      assert.equal(shown(plain), plain);
    }),
  );
});

test('no bytes whatever leave an invisible character', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      assert.doesNotMatch(visibleText(bytes), /[\p{C}\p{Zl}\p{Zp}]/u);
    }),
  );
});

test('text is told from other data', () => {
  assert.equal(looksLikeText(encoder.encode('<p>\r\n\tné</p>')), true);
  assert.equal(looksLikeText(Uint8Array.of(0x89, 0x50, 0x4e, 0x47)), false);
  assert.equal(looksLikeText(Uint8Array.of(0x61, 0x00)), false);
  // A character that the end of what is shown cuts.
  assert.equal(looksLikeText(Uint8Array.of(0x61, 0xe2, 0x82)), true);
});

test('bytes have names', () => {
  assert.deepEqual([0x20, 0x0d, 0x47, 0x01, 0xe9].map(octetName), [
    'SP',
    'CR',
    '"G"',
    'control character',
    'not ASCII',
  ]);
});
