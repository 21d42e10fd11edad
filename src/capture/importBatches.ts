import { l10n } from '../l10n/l10n.ts';
import type { CaptureBatch, ConnectionRecord, SegmentColumns } from '../protocol/capture.ts';
import { noCalls } from '../sockets/tracedCall.ts';
import type { ImportedConnection, ImportedExchange, ImportedSegment } from './importedConnection.ts';

/** Bytes and exchanges of a batch, about: what the store takes in one turn. */
const batchBytes = 1024 * 1024;
const batchExchanges = 500;

/** A user's mark or comment on the exchange with an id. */
export interface ImportedRemark {
  readonly id: number;
  readonly marked: boolean;
  readonly comment: string;
}

/** Connections as the store takes them, with ids that count from 1. */
export interface ImportedRun {
  readonly rebuilt: boolean;
  readonly batches: readonly CaptureBatch[];
  readonly remarks: readonly ImportedRemark[];
  readonly exchanges: number;
  /** Of the first and the last thing known; milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endedAt: number;
}

/** An exchange with its connection, which an earlier batch may contain. */
interface Placed {
  readonly id: number;
  readonly exchange: ImportedExchange;
  readonly connection: PlacedConnection;
}

interface PlacedConnection {
  readonly id: number;
  readonly given: ImportedConnection;
  told: boolean;
  /** Exchanges and segments that no batch has yet. */
  left: number;
  readonly segments: { readonly received: ImportedSegment[]; readonly sent: ImportedSegment[] };
  readonly next: { received: number; sent: number };
}

/** Puts connections into batches: exchanges in the order in which they started, each with its bytes. */
export function importedRun(connections: readonly ImportedConnection[], rebuilt: boolean): ImportedRun {
  const placed = placedExchanges(connections);
  const batches: CaptureBatch[] = [];
  let gathered = new GatheredBatch();
  for (const { id, exchange, connection } of placed) {
    gathered.add(id, exchange, connection);
    if (gathered.bytes < batchBytes && gathered.exchanges < batchExchanges) continue;
    batches.push(gathered.batch(batches.length + 1));
    gathered = new GatheredBatch();
  }
  if (gathered.exchanges > 0) batches.push(gathered.batch(batches.length + 1));
  const times = connections.flatMap(({ openedAt, closedAt }) => [openedAt, closedAt]);
  return {
    rebuilt,
    batches,
    remarks: placed
      .map(({ id, exchange: { marked, comment } }) => ({ id, marked, comment }))
      .filter(({ marked, comment }) => marked || comment !== ''),
    exchanges: placed.length,
    startedAt: times.reduce((least, time) => Math.min(least, time), times[0] ?? 0),
    endedAt: times.reduce((most, time) => Math.max(most, time), 0),
  };
}

function placedExchanges(connections: readonly ImportedConnection[]): Placed[] {
  return connections
    .toSorted((one, other) => one.openedAt - other.openedAt)
    .flatMap((given, i) => {
      const segments = {
        received: given.segments.filter(({ direction }) => direction === 'received'),
        sent: given.segments.filter(({ direction }) => direction === 'sent'),
      };
      const next = { received: 0, sent: 0 };
      const left = given.exchanges.length;
      const connection: PlacedConnection = { id: i + 1, given, told: false, left, segments, next };
      return given.exchanges.map((exchange) => ({ exchange, connection }));
    })
    .sort((one, other) => one.exchange.startedAt - other.exchange.startedAt)
    .map((one, i) => ({ id: i + 1, ...one }));
}

class GatheredBatch {
  bytes = 0;
  private readonly records: ConnectionRecord[] = [];
  private readonly rows: { id: number; connection: number; exchange: ImportedExchange }[] = [];
  private readonly carried: { connection: number; segment: ImportedSegment }[] = [];

  get exchanges(): number {
    return this.rows.length;
  }

  add(id: number, exchange: ImportedExchange, connection: PlacedConnection): void {
    if (!connection.told) this.records.push(recordOf(connection));
    connection.told = true;
    this.rows.push({ id, connection: connection.id, exchange });
    connection.left--;
    const isLast = connection.left === 0;
    this.carry(connection, 'received', isLast ? Number.POSITIVE_INFINITY : exchange.requestEnd);
    this.carry(connection, 'sent', isLast ? Number.POSITIVE_INFINITY : exchange.responseEnd);
  }

  batch(sequence: number): CaptureBatch {
    const bytes = new Uint8Array(this.bytes);
    let at = 0;
    const keptAt = this.carried.map(({ segment: { kept } }) => {
      const start = at;
      bytes.set(kept, start);
      at += kept.length;
      return start;
    });
    return {
      sequence,
      connections: this.records,
      exchanges: exchangeColumns(this.rows),
      segments: this.segmentColumns(keptAt),
      sentFiles: [],
      bytes,
      calls: noCalls,
      leftOut: { exchanges: 0, bytes: 0, calls: 0 },
    };
  }

  private carry(connection: PlacedConnection, direction: 'received' | 'sent', before: number): void {
    const segments = connection.segments[direction];
    for (; connection.next[direction] < segments.length; connection.next[direction]++) {
      const segment = segments[connection.next[direction]];
      if (segment.offset >= before) return;
      this.carried.push({ connection: connection.id, segment });
      this.bytes += segment.kept.length;
    }
  }

  private segmentColumns(keptAt: readonly number[]): SegmentColumns {
    const numbers = (read: (segment: ImportedSegment) => number) =>
      Float64Array.from(this.carried, ({ segment }) => read(segment));
    return {
      connection: Float64Array.from(this.carried, ({ connection }) => connection),
      direction: Uint8Array.from(this.carried, ({ segment }) => (segment.direction === 'received' ? 0 : 1)),
      offset: numbers(({ offset }) => offset),
      length: numbers(({ length }) => length),
      keptStart: numbers(({ keptStart }) => keptStart),
      keptLength: numbers(({ kept }) => kept.length),
      keptAt: Float64Array.from(keptAt),
      time: numbers(({ time }) => time),
    };
  }
}

function exchangeColumns(
  rows: readonly { id: number; connection: number; exchange: ImportedExchange }[],
): CaptureBatch['exchanges'] {
  const numbers = (read: (exchange: ImportedExchange) => number) =>
    Float64Array.from(rows, ({ exchange }) => read(exchange));
  return {
    id: Float64Array.from(rows, ({ id }) => id),
    connection: Float64Array.from(rows, ({ connection }) => connection),
    number: numbers(({ number }) => number),
    method: rows.map(({ exchange }) => exchange.method),
    target: rows.map(({ exchange }) => exchange.target),
    status: Uint16Array.from(rows, ({ exchange }) => exchange.status),
    requestStart: numbers(({ requestStart }) => requestStart),
    requestBodyStart: numbers(({ requestBodyStart }) => requestBodyStart),
    requestEnd: numbers(({ requestEnd }) => requestEnd),
    responseStart: numbers(({ responseStart }) => responseStart),
    responseBodyStart: numbers(({ responseBodyStart }) => responseBodyStart),
    responseEnd: numbers(({ responseEnd }) => responseEnd),
    startedAt: numbers(({ startedAt }) => startedAt),
    headAt: numbers(({ headAt }) => headAt),
    requestEndedAt: numbers(({ requestEndedAt }) => requestEndedAt),
    respondedAt: numbers(({ respondedAt }) => respondedAt),
    endedAt: numbers(({ endedAt }) => endedAt),
    aborted: Uint8Array.from(rows, ({ exchange }) => (exchange.aborted ? 1 : 0)),
    forwarding: rows.map(() => null),
    rule: rows.map(({ exchange }) => exchange.rule),
    ruleOffset: numbers(({ ruleOffset }) => ruleOffset),
  };
}

function recordOf({ id, given, segments }: PlacedConnection): ConnectionRecord {
  const endOf = (of: readonly ImportedSegment[]) =>
    of.reduce((end, { offset, length }) => Math.max(end, offset + length), 0);
  return {
    id,
    peer: given.peer,
    local: given.local,
    tls: '',
    state: 'closed',
    openedAt: given.openedAt,
    closedAt: given.closedAt,
    bytesReceived: endOf(segments.received),
    bytesSent: endOf(segments.sent),
    exchangeCount: given.exchanges.length,
    closeReason: given.closeReason || l10n.t('The file does not say why it was closed.'),
  };
}
