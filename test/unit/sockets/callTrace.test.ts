import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callText, traceLine } from '../../../src/sockets/callText.ts';
import { CallTrace, type RecordedCall } from '../../../src/sockets/callTrace.ts';
import { type NativeCallName, nativeCallNames } from '../../../src/sockets/nativeCalls.ts';
import { platforms } from '../../../src/sockets/platform.ts';
import { callColumns, type TracedCall, tracedCall } from '../../../src/sockets/tracedCall.ts';

function recorded(name: NativeCallName, more: Partial<RecordedCall> = {}): RecordedCall {
  const descriptor = more.descriptor ?? 5;
  return {
    name: nativeCallNames.indexOf(name),
    descriptor,
    first: 0,
    second: 0,
    third: 0,
    detail: '',
    result: 0,
    errno: 0,
    startedAt: 1000,
    endedAt: 1001,
    idle: false,
    owner: descriptor,
    ...more,
  };
}

function taken(trace: CallTrace, isEnd = false): TracedCall[] {
  const columns = trace.take(isEnd);
  return Array.from(columns.name, (_, row) => tracedCall(columns, row));
}

test('a connection has its calls from accept to close, and not those of the next with its descriptor', () => {
  const trace = new CallTrace(77);
  trace.record(recorded('recv', { descriptor: 9 }));
  for (const connection of [1, 2]) {
    trace.born(9);
    trace.record(recorded('accept4', { descriptor: 5, result: 9 }));
    trace.record(recorded('setsockopt', { descriptor: 9 }));
    trace.belongs(9, connection);
    trace.record(recorded('recv', { descriptor: 9, result: 3 }));
    trace.record(recorded('epoll_ctl', { descriptor: 6, owner: 9 }));
    trace.record(recorded('close', { descriptor: 9 }));
  }
  trace.record(recorded('recv', { descriptor: 9 }));
  const calls = taken(trace);
  assert.deepEqual(
    calls.map(({ name, connection }) => `${name} ${connection}`),
    [
      'recv 0',
      ...[1, 2].flatMap((id) =>
        ['accept4', 'setsockopt', 'recv', 'epoll_ctl', 'close'].map((name) => `${name} ${id}`),
      ),
      'recv 0',
    ],
  );
  assert.ok(calls.every(({ thread, process: id }) => thread === 77 && id === process.pid));
});

test('a connection is known although its accept was taken before', () => {
  const trace = new CallTrace(1);
  trace.born(9);
  trace.record(recorded('accept4', { descriptor: 5, result: 9 }));
  assert.deepEqual(
    taken(trace).map(({ connection }) => connection),
    [0],
  );
  trace.record(recorded('recv', { descriptor: 8 }));
  trace.record(recorded('recv', { descriptor: 9 }));
  trace.belongs(9, 4);
  assert.deepEqual(
    taken(trace).map(({ connection }) => connection),
    [0, 4],
  );
});

test('waits that found nothing are one call with a count, which is told of when it has ended', () => {
  const trace = new CallTrace(1);
  let told = 0;
  trace.recorded = () => told++;
  const idle = { idle: true, result: -1, errno: 11 };
  trace.record(recorded('accept4', { ...idle, startedAt: 1000, endedAt: 1250 }));
  assert.equal(trace.isEmpty, true);
  assert.deepEqual(taken(trace), [], 'It is not over.');
  trace.record(recorded('accept4', { ...idle, startedAt: 1250, endedAt: 1500 }));
  trace.record(recorded('accept4', { ...idle, startedAt: 1500, endedAt: 1750 }));
  assert.equal(told, 0);
  trace.record(recorded('accept4', { result: 9, startedAt: 1750, endedAt: 1760 }));
  assert.equal(told, 1);
  assert.deepEqual(
    taken(trace).map(({ count, duration, result }) => [count, duration, result]),
    [
      [3, 750, -1],
      [1, 10, 9],
    ],
  );
  trace.record(recorded('accept4', idle));
  trace.record(recorded('recv', idle));
  assert.deepEqual(
    taken(trace, true).map(({ name, count }) => [name, count]),
    [
      ['accept4', 1],
      ['recv', 1],
    ],
  );
});

test('what there is no room for is counted', () => {
  const trace = new CallTrace(1);
  for (let i = 0; i < 40_000; i++) trace.record(recorded('recv', { result: i }));
  const calls = taken(trace);
  assert.equal(calls.length + trace.leftOut, 40_000);
  assert.equal(trace.leftOut, 40_000 - 32_768);
  assert.equal(calls[32_767].result, 32_767);
  trace.record(recorded('recv'));
  assert.equal(taken(trace).length, 1);
});

const base: TracedCall = {
  ...tracedCall(callColumns(1), 0),
  name: 'close',
  descriptor: 5,
  detail: '',
  result: 0,
  errno: 0,
  count: 1,
};
const address = '{sa_family=AF_INET, sin_port=htons(5500), sin_addr=inet_addr("127.0.0.1")}';
const texts: [call: Partial<TracedCall>, text: string][] = [
  [
    { name: 'socket', descriptor: -1, first: 2, second: 0x80001, third: 0, result: 5 },
    'socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, 0) = 5',
  ],
  [{ name: 'bind', detail: address, result: -1, errno: 98 }, `bind(5, ${address}) = -1 EADDRINUSE`],
  [{ name: 'setsockopt', first: 1, second: 2, third: 1 }, 'setsockopt(5, SOL_SOCKET, SO_REUSEADDR, [1]) = 0'],
  [{ name: 'setsockopt', first: 6, second: 1, third: 1 }, 'setsockopt(5, SOL_TCP, TCP_NODELAY, [1]) = 0'],
  [{ name: 'listen', first: 511 }, 'listen(5, 511) = 0'],
  [
    { name: 'accept4', detail: address, first: 0x80800, result: 9 },
    `accept4(5, ${address}, SOCK_CLOEXEC|SOCK_NONBLOCK) = 9`,
  ],
  [
    { name: 'recv', first: 65_536, result: 40, detail: 'GET / "\\\r\n\x1b' },
    'recv(5, "GET / \\"\\\\\\r\\n\\33"..., 65536, 0) = 40',
  ],
  [{ name: 'send', first: 3, second: 0x4000, result: 3 }, 'send(5, 3, MSG_NOSIGNAL) = 3'],
  [
    { name: 'writev', first: 2, second: 100, third: 150, result: 150 },
    'writev(5, [100 bytes, 50 bytes], 2) = 150',
  ],
  [
    { name: 'sendfile', first: 7, second: 65_536, third: 1000, result: 1000 },
    'sendfile(5, 7, [65536], 1000) = 1000',
  ],
  [{ name: 'shutdown', first: 1 }, 'shutdown(5, SHUT_WR) = 0'],
  [{ name: 'fcntl', first: 3, result: 2050 }, 'fcntl(5, F_GETFL) = 0x802'],
  [
    { name: 'poll', first: 1, second: 250, third: 1, detail: '1', result: 1 },
    'poll([{fd=5, events=POLLIN, revents=POLLIN}], 1, 250) = 1',
  ],
  [
    { name: 'epoll_ctl', first: 1, second: 9, third: 0x2001 },
    'epoll_ctl(5, EPOLL_CTL_ADD, 9, {events=EPOLLIN|EPOLLRDHUP}) = 0',
  ],
  [
    { name: 'epoll_wait', first: 256, second: 0, third: 9 * 65_536 + 1, result: 3 },
    'epoll_wait(5, [{events=EPOLLIN, data=9}, ... 2 more], 256, 0) = 3',
  ],
];
for (const [call, text] of texts) {
  test(`a call is shown as ${text}`, () =>
    assert.equal(callText({ ...base, ...call }, platforms.linux), text));
}

test('a line of the trace has thread, time, seconds and how often', () => {
  const call: TracedCall = {
    ...base,
    thread: 12,
    startedAt: Date.UTC(2026, 0, 1, 1, 2, 3, 4) + 0.25,
    duration: 750,
    count: 3,
  };
  assert.equal(
    traceLine(call, platforms.linux),
    '[pid 12] 01:02:03.004250 close(5) = 0 <0.750000> (3 times)',
  );
});
