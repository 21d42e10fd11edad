import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exchangeSentence } from '../../../src/inspector/exchangeText.ts';
import { counted, formatDuration, formatSize, formatTime } from '../../../src/inspector/format.ts';
import { exampleDetail, malformedExchange, pageExchange } from '../../e2e/inspectorPage/exchanges.ts';

test('sizes and durations keep to a narrow column', () => {
  assert.deepEqual([0, 999, 1000, 999_949, 999_950, 12_345_678].map(formatSize), [
    '0 B',
    '999 B',
    '1.0 kB',
    '999.9 kB',
    '1.0 MB',
    '12.3 MB',
  ]);
  assert.deepEqual([0.25, 12.4, 1500, 61_000, null].map(formatDuration), [
    '0.3 ms',
    '12 ms',
    '1.5 s',
    '1 min 1 s',
    '…',
  ]);
});

test('one byte is not bytes', () => {
  assert.deepEqual(
    [0, 1, 1234].map((value) => counted(value, 'byte')),
    ['0 bytes', '1 byte', '1,234 bytes'],
  );
});

test('a row reads as a sentence', () => {
  assert.equal(
    exchangeSentence(exampleDetail(pageExchange).row),
    'GET /index.html?from=start, exchange 1, connection 1, answered 200 OK, 418 bytes received, 269 bytes sent, took 1.4 ms, ' +
      `text/html, at ${formatTime(1_790_000_000_003)}`,
  );
  const { row } = exampleDetail(malformedExchange);
  const troubled = {
    ...row,
    method: '',
    target: '',
    status: 0,
    duration: null,
    aborted: true,
    beforeReload: true,
  };
  assert.equal(
    exchangeSentence(troubled),
    'No method, exchange 2, connection 1, not answered yet, 76 bytes received, 104 bytes sent, still going on, ' +
      `malformed: space-before-colon, aborted, text/plain, connection reused, at ${formatTime(1_790_000_000_006)}, ` +
      'captured before the window was reloaded',
  );
});
