import type { CallKind, CallLine, CallLines, ConnectionCalls } from '../protocol/calls.ts';
import { invocationText, resultText } from '../sockets/callText.ts';
import type { NativeCallName } from '../sockets/nativeCalls.ts';
import { type Platform, type PlatformName, platforms } from '../sockets/platform.ts';
import type { TracedCall } from '../sockets/tracedCall.ts';

/** Calls that a page is told at most, whatever it asks for: some 200 bytes each. */
export const mostCalls = 10_000;

/** The first `limit` calls of a connection, decoded for who reads them. */
export function callLines(
  { calls, untraced, isIncomplete }: ConnectionCalls,
  limit: number,
  platform: Platform = platforms[process.platform as PlatformName],
): CallLines {
  return {
    lines: calls.slice(0, limit).map((call) => callLine(call, platform)),
    total: calls.length,
    untraced,
    isIncomplete,
  };
}

function callLine(call: TracedCall, platform: Platform): CallLine {
  const { startedAt, duration, thread, process, count } = call;
  return {
    text: invocationText(call, platform),
    result: resultText(call, platform),
    kind: kindOf(call),
    startedAt,
    duration,
    thread,
    process,
    count,
  };
}

const kinds: Partial<Readonly<Record<NativeCallName, CallKind>>> = {
  poll: 'waiting',
  epoll_wait: 'waiting',
  kevent: 'waiting',
  recv: 'receiving',
  send: 'sending',
  writev: 'sending',
  sendfile: 'sending',
  sendfileBsd: 'sending',
};

function kindOf({ name, result }: TracedCall): CallKind {
  return result < 0 ? 'failed' : (kinds[name] ?? 'other');
}
