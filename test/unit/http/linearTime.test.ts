import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesOf } from '../../../src/http/bytes.ts';
import { Connection } from '../../../src/http/connection.ts';
import { defaultLimits, type Limits } from '../../../src/http/limits.ts';
import { MessageParser } from '../../../src/http/parser.ts';
import type { RequestHandler } from '../../../src/http/requestHandler.ts';

const size = 96 * 1024;
const limits: Limits = {
  ...defaultLimits,
  headerSection: 2 * size,
  fieldCount: size,
  chunkLine: 2 * size,
};
const lines = 'x-field: value\r\n'.repeat(size / 16);
const chunked = 'GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';

const messages: readonly (readonly [part: string, message: string])[] = [
  ['header section of many fields', `GET / HTTP/1.1\r\nHost: a\r\n${lines}\r\n`],
  ['header section of one field', `GET / HTTP/1.1\r\nHost: a\r\nx: ${'v '.repeat(size / 2)}v\r\n\r\n`],
  ['chunk extension', `${chunked}0;name="${'v'.repeat(size)}"\r\n\r\n`],
  ['trailer section', `${chunked}0\r\n${lines}\r\n`],
];

/** Bytes that are copied while `step` runs. */
function copied(step: () => void): number {
  const { set, slice } = Uint8Array.prototype;
  let count = 0;
  Uint8Array.prototype.set = function (this: Uint8Array, source: ArrayLike<number>, offset?: number) {
    count += source.length;
    return set.call(this, source, offset);
  };
  Uint8Array.prototype.slice = function (this: Uint8Array<ArrayBuffer>, start?: number, end?: number) {
    const piece = slice.call(this, start, end) as Uint8Array<ArrayBuffer>;
    count += piece.length;
    return piece;
  };
  try {
    step();
  } finally {
    Object.assign(Uint8Array.prototype, { set, slice });
  }
  return count;
}

/** A view of the bytes that counts how often one is looked at. */
function counted(bytes: Uint8Array, look: () => void): Uint8Array {
  return new Proxy(bytes, {
    get(target, key) {
      if (typeof key === 'string' && /^\d+$/.test(key)) look();
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

for (const [part, text] of messages) {
  const message = bytesOf(text);
  for (const piece of [1, 1000]) {
    test(`${part} in pieces of ${piece}: a byte is copied a few times at most, however long the message`, () => {
      let answered = 0;
      const handler: RequestHandler = {
        admit: () => null,
        wantsMessage: () => false,
        respond: () => ({ status: 200 + answered++, fields: [], body: [] }),
        refuse: ({ rule }) => assert.fail(rule),
      };
      const connection = new Connection(handler, limits, 0);
      const count = copied(() => {
        for (let i = 0; i < message.length; i += piece) connection.receive(message.subarray(i, i + piece), 0);
      });
      assert.equal(answered, 1);
      assert.ok(count < 4 * message.length, `${count} bytes were copied for ${message.length}`);
    });
  }

  test(`${part}: a byte is looked at a few times at most`, () => {
    let looks = 0;
    const parser = new MessageParser({ message: 'request', limits });
    const input = counted(message, () => looks++);
    // Whole: what is cut is copied, and the copy does not count.
    for (let i = 0; i < message.length && !parser.complete; ) i = parser.parse(input, i, message.length);
    assert.ok(parser.complete, parser.violation?.rule);
    assert.ok(looks < 6 * message.length, `${looks} looks at ${message.length} bytes`);
  });
}
