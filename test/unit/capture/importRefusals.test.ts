import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { pcapngFile } from '../../../src/capture/exportConversations.ts';
import { harFile } from '../../../src/capture/exportHar.ts';
import { pcapngStart } from '../../../src/capture/exportPcapng.ts';
import { brokenAt } from '../../../src/capture/importJson.ts';
import { detailsOf } from './exchanges.ts';
import { imported, refusal } from './importing.ts';

const exchange = {
  request: 'POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nhi',
  response: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  reads: [20],
};
const details = detailsOf([exchange, exchange, { ...exchange, notKept: 8 }]);
const har = Buffer.from([...harFile(details, { version: '1.2.3', secrets: true })].join(''));
const pcapng = Buffer.concat([...pcapngFile(details, '1.2.3')]);

/** Imports, or refuses in one sentence: never throws anything else. */
function settles(file: Uint8Array): void {
  const reason = refusal(file);
  if (reason === '') imported(file);
  else assert.match(reason, /^[^\n]{5,200}\.$/);
}

test('any bytes are imported or refused in one line', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 400 }),
      fc.constantFrom('', '{', pcapngStart('1')),
      (bytes, start) => settles(Buffer.concat([Buffer.from(start as Uint8Array), bytes])),
    ),
    { numRuns: 300 },
  );
});

for (const [name, file] of Object.entries({ har, pcapng })) {
  test(`a ${name} file with other bytes in it, or without some, is imported or refused`, () => {
    assert.equal(refusal(file), '');
    const edit = fc.record({
      at: fc.nat(file.length),
      remove: fc.nat(40),
      insert: fc.oneof(
        fc.uint8Array({ maxLength: 8 }),
        fc.constant(Buffer.from('-1')),
        fc.constant(Buffer.from('9')),
      ),
    });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        let bytes: Buffer = file;
        for (const { at, remove, insert } of edits) {
          bytes = Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + remove)]);
        }
        settles(bytes);
      }),
      { numRuns: 400 },
    );
  });
}

test('any JSON in the place of a value is taken or refused', () => {
  const places: readonly (readonly string[])[] = [
    ['log'],
    ['log', 'entries'],
    ...['request', 'response', 'timings', '_spark', 'startedDateTime', 'comment', 'connection'].map(
      (name) => [name],
    ),
    ...['method', 'url', 'headers', 'httpVersion', 'postData'].map((name) => ['request', name]),
    ...['status', 'statusText', 'headers', 'content', 'bodySize'].map((name) => ['response', name]),
    ...[
      'peer',
      'local',
      'times',
      'request',
      'number',
      'rule',
      'ruleOffset',
      'requestStart',
      'responseStart',
    ].map((name) => ['_spark', name]),
    ...['length', 'kept', 'segments', 'complete'].map((name) => ['_spark', 'response', name]),
  ];
  fc.assert(
    fc.property(fc.constantFrom(...places), fc.jsonValue(), fc.boolean(), (place, value, foreign) => {
      const file = JSON.parse(har.toString());
      if (foreign) for (const entry of file.log.entries) delete entry._spark;
      let holder = place[0] === 'log' ? file : file.log.entries[1];
      for (const name of place.slice(0, -1)) holder = holder?.[name];
      if (holder === undefined) return;
      holder[place.at(-1) ?? ''] = value;
      settles(Buffer.from(JSON.stringify(file)));
    }),
    { numRuns: 500 },
  );
});

test('says what is wrong, and where', () => {
  const broken = (change: (file: { log: { entries: unknown[] } }) => void) => {
    const file = JSON.parse(har.toString());
    change(file);
    return refusal(Buffer.from(JSON.stringify(file)));
  };
  assert.equal(refusal(Buffer.alloc(0)), 'it is empty.');
  assert.equal(refusal(Buffer.from('GIF89a')), 'it is neither a HAR nor a pcapng file.');
  assert.match(refusal(Buffer.from('a1b2c3d4', 'hex')), /older kind/);
  assert.equal(
    refusal(Buffer.from('{"log":\n{"entries":[{]}}')),
    'its JSON is broken at byte 21, in line 2.',
  );
  assert.equal(refusal(har.subarray(0, 1000)), 'its JSON is broken at byte 1000, in line 2.');
  assert.equal(refusal(Buffer.from('{"ü":}')), 'its JSON is broken at byte 6, in line 1.');
  assert.match(refusal(Buffer.from('{"log":{}}')), /no HAR file/);
  assert.match(refusal(Buffer.from('{"log":{"entries":[]}}')), /no exchange/);
  assert.match(
    broken(({ log }) => log.entries.splice(1, 1, { request: {} })),
    /^in entry 2, “request.method”/,
  );
  assert.match(
    broken(({ log }) => log.entries.push(log.entries[0])),
    /^in entry 4, “_spark.requestStart”/,
  );
  const at = pcapng.indexOf(Buffer.from('POST'));
  assert.match(refusal(pcapng.subarray(0, at)), /^the block at byte \d+ is cut off/);
  const lengths = Buffer.from(pcapng);
  lengths.writeUInt32LE(7, pcapngStart('1.2.3').length + 4);
  assert.match(refusal(lengths), new RegExp(`^the block at byte ${pcapngStart('1.2.3').length} `));
  assert.match(refusal(pcapngStart('1')), /no TCP connection/);
  assert.match(refusal(har, 1024), /spark\.capture\.maxMegabytes/);
});

test('where JSON is broken is found, whatever breaks it', () => {
  const cases: readonly (readonly [text: string, at: number])[] = [
    ['{"a": tru}', 6],
    ['{"a": 01}', 7],
    ['{"a" 1}', 5],
    ['{"a": 1,}', 8],
    ['{,}', 1],
    ['{"a": [1 2]}', 9],
    ['{"a": [1,]}', 9],
    ['{"a": "\\x"}', 7],
    ['{"a": "\n"}', 7],
    ['{"a": 1} 2', 9],
    ['{"a": [}', 7],
    ['{"a": "b', 8],
    ['{a: 1}', 1],
  ];
  for (const [text, at] of cases) {
    assert.throws(() => JSON.parse(text), SyntaxError, text);
    assert.equal(brokenAt(text), at, text);
  }
});

test('a JSON as deep as a file can be is no danger', () => {
  settles(Buffer.from(`{"log":{"entries":${'['.repeat(200_000)}`));
  settles(Buffer.from(`{"log":{"entries":${'['.repeat(200_000)}${']'.repeat(200_000)}}}`));
});
