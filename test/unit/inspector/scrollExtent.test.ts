import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ScrollExtent } from '../../../src/inspector/scrollExtent.ts';

test('what fits is scrolled as it is', () => {
  const extent = new ScrollExtent();
  extent.resize(5000, 400);
  assert.equal(extent.height, 5000);
  assert.equal(extent.moveTo(1234), 1234);
  extent.scrolledTo(77.5);
  assert.equal(extent.position, 77.5);
  assert.equal(extent.moveTo(1e9), 4600);
});

test('100 MB in rows of 16 bytes are scaled, to both ends and pixel by pixel', () => {
  const extent = new ScrollExtent();
  const total = (100_000_000 / 16) * 18;
  extent.resize(total, 400);
  assert.ok(extent.height < 33_000_000);
  extent.scrolledTo(extent.height - 400);
  assert.equal(extent.position, total - 400);
  const scrolled = extent.moveTo(50_000_018);
  extent.scrolledTo(Math.round(scrolled));
  assert.equal(extent.position, 50_000_018);
  extent.scrolledTo(0);
  assert.equal(extent.position, 0);
});
