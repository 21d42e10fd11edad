import type { CaptureStore } from '../../../src/capture/store.ts';
import { dissect } from '../../../src/http/dissect.ts';
import type { ExchangeDetail } from '../../../src/protocol/inspector.ts';
import { batchOf, connectionRecord, exchangeFields, newStore, type Segment } from './traffic.ts';

export interface WireExchange {
  readonly request: string | Uint8Array;
  readonly response: string | Uint8Array;
  /** Bytes of each read; the last one has the rest. */
  readonly reads?: readonly number[];
  readonly writes?: readonly number[];
  /** Bytes at the end of the response that were not kept. */
  readonly notKept?: number;
}

export const port = 5500;

/** A store with one connection that carried these exchanges, and is closed. */
export function storeOf(exchanges: readonly WireExchange[], local = port): CaptureStore {
  const store = newStore(256 * 1024 * 1024);
  const start = Date.UTC(2026, 0, 2, 3, 4, 5);
  let received = 0;
  let sent = 0;
  const segments: Segment[] = [];
  const times: number[] = [];
  let now = start + 1;
  const cut = (direction: 0 | 1, bytes: Uint8Array, sizes: readonly number[], offset: number) => {
    let at = 0;
    for (const size of [...sizes, bytes.length]) {
      const piece = bytes.subarray(at, Math.min(bytes.length, at + size));
      if (piece.length === 0) continue;
      segments.push({ connection: 1, direction, offset: offset + at, bytes: piece });
      times.push(now++);
      at += piece.length;
    }
  };
  const rows = exchanges.map(({ request, response, reads = [], writes = [], notKept = 0 }, i) => {
    const [requestBytes, responseBytes] = [bytesOf(request), bytesOf(response)];
    const { violation, spans } = dissect('request', requestBytes);
    const text = (name: string) => {
      const span = spans.find((one) => one.name === name);
      return span ? Buffer.from(requestBytes.subarray(span.start, span.end)).toString('latin1') : '';
    };
    const startedAt = now;
    cut(0, requestBytes, reads, received);
    const requestEndedAt = now;
    const whole = responseBytes.length - notKept;
    cut(1, responseBytes.subarray(0, whole), writes, sent);
    if (notKept > 0) {
      const bytes = responseBytes.subarray(whole);
      segments.push({ connection: 1, direction: 1, offset: sent + whole, bytes, kept: false });
      times.push(now++);
    }
    const row = exchangeFields(i + 1, {
      number: i + 1,
      method: text('method'),
      target: text('request-target'),
      status: Number(/^HTTP\/1\.\d (\d+)/.exec(Buffer.from(responseBytes).toString('latin1'))?.[1] ?? 0),
      requestStart: received,
      requestEnd: received + requestBytes.length,
      responseStart: responseBytes.length === 0 ? -1 : sent,
      responseEnd: responseBytes.length === 0 ? -1 : sent + responseBytes.length,
      startedAt,
      headAt: requestEndedAt,
      requestEndedAt,
      respondedAt: requestEndedAt,
      endedAt: now,
      rule: violation?.rule ?? '',
      ruleOffset: violation?.offset ?? -1,
    });
    received += requestBytes.length;
    sent += responseBytes.length;
    return row;
  });

  const record = connectionRecord(1, {
    state: 'closed',
    local: { address: '127.0.0.1', port: local },
    openedAt: start,
    closedAt: now,
    bytesReceived: received,
    bytesSent: sent,
    exchangeCount: rows.length,
    closeReason: 'The client closed it.',
  });
  const batch = batchOf(1, { connections: [record], exchanges: rows, segments });
  store.add('run', { ...batch, segments: { ...batch.segments, time: Float64Array.from(times) } });
  return store;
}

export function detailsOf(exchanges: readonly WireExchange[], local = port): ExchangeDetail[] {
  return allOf(storeOf(exchanges, local));
}

export function allOf(store: CaptureStore): ExchangeDetail[] {
  return store.rows(0, store.count).flatMap(({ key }) => store.detail(key) ?? []);
}

export function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? Uint8Array.from(Buffer.from(content, 'latin1')) : content;
}
