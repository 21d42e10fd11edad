/** What a byte costs in long header sections, chunk extensions and trailer sections, however they are cut. */
import { Connection } from '../../src/http/connection.ts';
import { defaultLimits, type Limits } from '../../src/http/limits.ts';
import type { RequestHandler } from '../../src/http/requestHandler.ts';
import { median } from './figures.ts';

const kibibyte = 1024;
export const sizes = [128, 256, 512, 1024, 2048].map((size) => size * kibibyte);
const pieces = [1, 64 * kibibyte];
const line = `x-field: ${'v'.repeat(53)}\r\n`;
const extension = `;name=${'v'.repeat(58)}`;

const limits: Limits = {
  ...defaultLimits,
  headerSection: 4 * 1024 * kibibyte,
  fieldCount: 100_000,
  chunkLine: 4 * 1024 * kibibyte,
};

export interface LinearResult {
  readonly part: string;
  /** Bytes of each read. */
  readonly piece: number;
  /** For each of `sizes`. */
  readonly nanosecondsPerByte: readonly number[];
}

const parts: readonly { readonly part: string; message(size: number): string }[] = [
  {
    part: 'header section',
    message: (size) => `GET / HTTP/1.1\r\nHost: a\r\n${line.repeat(size / line.length)}\r\n`,
  },
  {
    part: 'chunk extensions',
    message: (size) => chunked(`1${extension.repeat(size / extension.length)}\r\nx\r\n0\r\n\r\n`),
  },
  {
    part: 'trailer section',
    message: (size) => chunked(`0\r\n${line.repeat(size / line.length)}\r\n`),
  },
];

function chunked(body: string): string {
  return `GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${body}`;
}

/** Blocks for some seconds. */
export function measureLinearTime(rounds: number): LinearResult[] {
  const results: LinearResult[] = [];
  for (const { part, message } of parts) {
    for (const piece of pieces) {
      const messages = sizes.map((size) => Buffer.from(message(size)));
      const costs: number[][] = sizes.map(() => []);
      feed(messages[0], piece);
      for (let round = 0; round < rounds; round++) {
        for (const [i, bytes] of messages.entries()) costs[i].push(feed(bytes, piece));
      }
      results.push({ part, piece, nanosecondsPerByte: costs.map(median) });
    }
  }
  return results;
}

/** Nanoseconds per byte. Each read is a buffer of its own, as a socket's is. */
function feed(bytes: Buffer, piece: number): number {
  let answered = 0;
  const handler: RequestHandler = {
    admit: () => null,
    wantsMessage: () => false,
    respond: () => ({ status: 200 + answered++, fields: [], body: [] }),
    refuse: ({ rule, offset }) => {
      throw new Error(`The message breaks the rule ${rule} at ${offset}.`);
    },
  };
  const connection = new Connection(handler, limits, 0);
  const start = performance.now();
  for (let i = 0; i < bytes.length; i += piece) connection.receive(bytes.subarray(i, i + piece), 0);
  const elapsed = performance.now() - start;
  if (answered !== 1) throw new Error('The message was not answered.');
  return (elapsed * 1e6) / bytes.length;
}
