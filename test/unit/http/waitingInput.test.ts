import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WaitingInput } from '../../../src/http/waitingInput.ts';

const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString();

test('input waits in order, as it came, though what brought it is used again', () => {
  const waiting = new WaitingInput();
  const buffer = Buffer.from('first');
  waiting.add(buffer);
  buffer.write('later');
  waiting.add(buffer);
  waiting.add(new Uint8Array(0));
  const first = waiting.take();
  assert.equal(text(first), 'first');
  waiting.putBack(Buffer.from('st'));
  assert.equal(text(waiting.take()), 'st');
  assert.equal(waiting.isEmpty, false);
  assert.equal(text(waiting.take()), 'later');
  assert.equal(waiting.isEmpty, true);
  assert.equal(waiting.take(), undefined);
});

test('a piece that was used up is not put back, and clearing leaves nothing', () => {
  const waiting = new WaitingInput();
  waiting.putBack(new Uint8Array(0));
  assert.equal(waiting.isEmpty, true);
  waiting.add(Buffer.from('a'));
  waiting.putBack(Buffer.from('b'));
  waiting.clear();
  assert.equal(waiting.isEmpty, true);
});
