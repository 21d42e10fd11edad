import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliCompressSync, constants } from 'node:zlib';
import { decompress, mostDecompressed } from '../../../src/extension/decompression.ts';

const text = 'It is served. '.repeat(100);
const compressed = brotliCompressSync(text);

test('brotli is undone', async () => {
  const { bytes, end } = await decompress('br', compressed);
  assert.equal(Buffer.from(bytes).toString(), text);
  assert.equal(end, 'whole');
  assert.equal(bytes.buffer.byteLength, bytes.length);
});

test('what is left of broken data is given, and said to be broken', async () => {
  assert.equal((await decompress('br', compressed.subarray(0, compressed.length - 3))).end, 'broken');
  assert.deepEqual(await decompress('br', new Uint8Array([255, 255, 255])), {
    bytes: new Uint8Array(0),
    end: 'broken',
  });
});

test('a few bytes that hold very many are decompressed as far as a view needs', async () => {
  const bomb = brotliCompressSync(Buffer.alloc(64 * 1024 * 1024), {
    params: { [constants.BROTLI_PARAM_QUALITY]: 1 },
  });
  assert.ok(bomb.length < 100_000);
  const { bytes, end } = await decompress('br', bomb);
  assert.equal(bytes.length, mostDecompressed);
  assert.equal(end, 'cut');
});
