/**
 * Shows that parsing takes time in proportion to the bytes, however they are cut: nanoseconds for each byte of a header
 * section, a line of chunk extensions and a trailer section, from small to 16 times as large, byte by byte and in pieces.
 */
import { bytesOf } from '../../src/http/bytes.ts';
import { defaultLimits } from '../../src/http/limits.ts';
import { MessageParser } from '../../src/http/parser.ts';

const kibibyte = 1024;
const sizes = [64, 256, 1024].map((size) => size * kibibyte);
const rounds = 5;
const limits = {
  ...defaultLimits,
  headerSection: 4 * 1024 * kibibyte,
  chunkLine: 4 * 1024 * kibibyte,
  fieldCount: 100_000,
};
const chunked = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';

const messages: readonly (readonly [name: string, message: (size: number) => string])[] = [
  [
    'header section',
    (size) => `GET / HTTP/1.1\r\nHost: a\r\n${'Field-Name: some value\r\n'.repeat(size / 24)}\r\n`,
  ],
  ['one long field', (size) => `GET / HTTP/1.1\r\nHost: a\r\nX: ${'a '.repeat(size / 2)}b\r\n\r\n`],
  ['chunk extensions', (size) => `${chunked}1${';name="value"'.repeat(size / 13)}\r\nx\r\n0\r\n\r\n`],
  ['trailer section', (size) => `${chunked}0\r\n${'Field-Name: some value\r\n'.repeat(size / 24)}\r\n`],
];

function nanosecondsPerByte(bytes: Uint8Array, piece: number): number {
  const parser = new MessageParser({ message: 'request', limits });
  const started = process.hrtime.bigint();
  for (let start = 0; start < bytes.length; start += piece) {
    const part = bytes.subarray(start, start + piece);
    for (let i = 0; i < part.length && parser.violation === null; ) i = parser.parse(part, i, part.length);
  }
  const taken = Number(process.hrtime.bigint() - started);
  if (!parser.complete) throw new Error(`It was refused: ${parser.violation?.rule}`);
  return taken / bytes.length;
}

function best(bytes: Uint8Array, piece: number): number {
  return Math.min(...Array.from({ length: rounds }, () => nanosecondsPerByte(bytes, piece)));
}

/** Prints the table. */
export function run(): number {
  console.log('Nanoseconds for each byte (best of 5), by the size of what is parsed:\n');
  console.log(
    `${'what, and in which pieces'.padEnd(36)}${sizes.map((size) => `${size / kibibyte} KiB`.padStart(11)).join('')}`,
  );
  for (const [name, message] of messages) {
    for (const [pieces, piece] of [
      ['byte by byte', 1],
      ['64 KiB', 64 * kibibyte],
    ] as const) {
      const costs = sizes.map((size) => best(bytesOf(message(size)), piece));
      console.log(
        `${`${name}, ${pieces}`.padEnd(36)}${costs.map((cost) => cost.toFixed(1).padStart(11)).join('')}`,
      );
    }
  }
  return 0;
}
