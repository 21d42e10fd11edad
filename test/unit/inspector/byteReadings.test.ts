import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byteFormats, writeBytes } from '../../../src/http/byteEncodings.ts';
import { readingsOf } from '../../../src/inspector/byteReadings.ts';

const readings = (octets: Uint8Array) =>
  Object.fromEntries(readingsOf(octets, octets.length).map(({ name, text }) => [name, text]));
const octets = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

test('bytes read as integers in both orders', () => {
  assert.equal(readings(octets('\xff')).u8, '255');
  assert.equal(readings(octets('\x01\x02'))['u16 LE'], '513');
  assert.equal(readings(octets('\x01\x02'))['u16 BE'], '258');
  assert.equal(readings(octets('\0\x01\x02'))['u24 BE'], '258');
  assert.equal(readings(octets('\xff\xff\xff\xff'))['u32 LE'], '4294967295');
  assert.equal(readings(octets('\xff\xff\xff\xff\xff\xff\xff\xff'))['u64 BE'], '18446744073709551615');
});

test('bytes read as text, and are decoded where they are encoded', () => {
  const encoded = readings(octets('gr%C3%BCn'));
  assert.equal(encoded['Percent-decoded'], 'grün');
  assert.equal(readings(octets('U3Bhcms='))['Base64-decoded'], 'Spark');
  assert.equal(readings(octets('a b'))['Base64-decoded'], undefined);
  assert.equal(readings(octets('\xe9\x1b'))['UTF-8'], '�\\x1B');
  assert.equal(readings(octets('\xe9\x1b'))['Windows-1252'], 'é\\x1B');
  assert.equal(readings(octets('a\0b\0'))['UTF-16 LE'], 'ab');
});

test('bytes are written in every format', () => {
  const written = Object.fromEntries(
    byteFormats.map((format) => [format, writeBytes(octets('A"\r\n\0'), format, 32)]),
  );
  assert.deepEqual(written, {
    hex: '41 22 0D 0A 00',
    hexDump: '00000020  41 22 0D 0A 00                                   A"...',
    escaped: '"A\\"\\r\\n\\x00"',
    cArray: 'const unsigned char bytes[5] = {\n  0x41, 0x22, 0x0D, 0x0A, 0x00,\n};',
    jsArray: 'Uint8Array.of(\n  0x41, 0x22, 0x0D, 0x0A, 0x00,\n)',
    base64: 'QSINCgA=',
    text: 'A"\r\n\0',
  });
});
