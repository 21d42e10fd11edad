import { capturedRequest } from '../http/captured.ts';
import type { ImportedSegment } from './importedConnection.ts';
import { type HarEntry, headOf } from './importHarEntry.ts';
import { type RebuiltMessage, rebuiltRequest, rebuiltResponse } from './importHarMessage.ts';
import type { EntryReader } from './importJson.ts';

/** An entry by another program, or of a rebuilt exchange: nothing tells the offsets of its bytes. */
export function otherEntry(entry: EntryReader, index: number): HarEntry {
  const request = entry.object('request');
  const rebuilt = rebuiltRequest(request);
  const response = rebuiltResponse(entry.object('response'), rebuilt.method);
  const startedAt = Date.parse(entry.text('startedDateTime'));
  if (!(startedAt >= 0)) throw entry.problem('startedDateTime');
  const timings = entry.object('timings');
  const step = (name: string) => (timings.has(name) ? Math.max(0, timings.number(name)) : 0);
  const before = step('blocked') + step('dns') + step('connect');
  const begun = startedAt + Math.min(before, 1e12);
  const requestEndedAt = begun + Math.min(step('send'), 1e12);
  const respondedAt = requestEndedAt + Math.min(step('wait'), 1e12);
  const endedAt = respondedAt + Math.min(step('receive'), 1e12);
  const comment = entry.has('comment') ? entry.text('comment') : '';
  const { port, host } = serverOf(request.text('url'));
  const address = entry.has('serverIPAddress') ? entry.text('serverIPAddress').slice(0, 100) : host;
  // Later versions of HTTP carry several exchanges at a time on a connection.
  const isSerial = /^HTTP\/1\.[01]$/i.test(request.text('httpVersion'));
  const named = entry.has('connection') && isSerial ? entry.text('connection') : '';
  return {
    connection: named === '' ? `entry ${index}` : `named ${named}`,
    peer: { address: '', port: 0 },
    local: { address, port },
    openedAt: startedAt,
    closedAt: endedAt,
    closeReason: '',
    rebuilt: true,
    place(after, number) {
      const requestStart = after.received;
      const responseStart = response === null ? -1 : after.sent;
      after.received += rebuilt.length;
      after.sent += response?.length ?? 0;
      const { spans, violation } = capturedRequest(rebuilt.bytes, rebuilt.length, null);
      const { bodyStart } = headOf(spans, rebuilt.bytes);
      return {
        segments: [
          whole('received', rebuilt, requestStart, begun),
          ...(response === null ? [] : [whole('sent', response, responseStart, respondedAt)]),
        ],
        exchange: {
          number,
          method: rebuilt.method,
          target: rebuilt.target,
          status: response?.status ?? 0,
          requestStart,
          requestBodyStart: bodyStart < 0 ? -1 : requestStart + bodyStart,
          requestEnd: after.received,
          responseStart,
          responseBodyStart: response === null ? -1 : responseStart + response.bodyStart,
          responseEnd: response === null ? -1 : after.sent,
          startedAt: begun,
          headAt: requestEndedAt,
          requestEndedAt,
          respondedAt: response === null ? 0 : respondedAt,
          endedAt,
          aborted: response === null,
          rule: violation?.rule ?? '',
          ruleOffset: violation?.offset ?? -1,
          marked: false,
          comment,
        },
      };
    },
  };
}

/** A message in one piece: of what reads and writes carried, HAR says nothing. */
function whole(
  direction: ImportedSegment['direction'],
  { bytes, length }: RebuiltMessage,
  offset: number,
  time: number,
): ImportedSegment {
  return { direction, offset, length, keptStart: 0, kept: bytes, time };
}

function serverOf(url: string): { host: string; port: number } {
  try {
    const { hostname, port, protocol } = new URL(url);
    return { host: hostname, port: Number(port) || (protocol === 'https:' ? 443 : 80) };
  } catch {
    return { host: '', port: 80 };
  }
}
