/** Where the time of an exchange went: pure. */
import type { ExchangeDetail } from '../protocol/inspector.ts';
import { formatDuration } from './format.ts';

/** A stretch of an exchange's life. Milliseconds from the first byte of the request; `end` null while it goes on. */
export interface TimingStep {
  readonly name: string;
  readonly start: number;
  readonly end: number | null;
  readonly kind: 'waiting' | 'reading' | 'handling' | 'writing';
  readonly meaning: string;
}

/** One read or write. */
export interface TimingTransfer {
  readonly direction: 'received' | 'sent';
  readonly time: number;
  readonly start: number;
  readonly end: number;
}

/** A moment that is known, or the reason why it is not. */
export interface TimingMoment {
  readonly name: string;
  /** Milliseconds from the first byte of the request; null where it is not known. */
  readonly time: number | null;
  readonly remark: string;
}

export interface Timing {
  readonly steps: readonly TimingStep[];
  readonly moments: readonly TimingMoment[];
  readonly transfers: readonly TimingTransfer[];
}

/** Takes the times of an exchange apart. */
export function timingOf(detail: ExchangeDetail): Timing {
  const { times, connection, request, response, row } = detail;
  const from = times.startedAt;
  const since = (time: number): number | null => (time > 0 ? time - from : null);
  const transfers: TimingTransfer[] = [
    ...request.segments.map((segment) => ({ direction: 'received' as const, ...shifted(segment, from) })),
    ...response.segments.map((segment) => ({ direction: 'sent' as const, ...shifted(segment, from) })),
  ].sort((one, other) => one.time - other.time);
  const firstOut = transfers.find(({ direction }) => direction === 'sent')?.time ?? null;
  const steps = stepsOf(detail, since, firstOut);
  const first = connection.exchangeNumber === 1;
  const moments: TimingMoment[] = [
    {
      name: 'Waiting in the accept queue',
      time: null,
      remark: 'not known: the kernel does not tell when the connection was established',
    },
    {
      name: 'Connection accepted',
      time: since(connection.openedAt),
      remark: first ? '' : `${connection.exchangeNumber - 1} exchanges before this one on it`,
    },
    { name: 'First byte of the request', time: 0, remark: '' },
    { name: 'Head complete', time: since(times.headAt), remark: times.headAt > 0 ? '' : 'never' },
    {
      name: 'Request complete',
      time: since(times.requestEndedAt),
      remark: times.requestEndedAt > 0 ? '' : 'never',
    },
    ...forwardingMoments(detail, since),
    { name: 'Answer ready', time: since(times.respondedAt), remark: times.respondedAt > 0 ? '' : 'not yet' },
    { name: 'First byte out', time: firstOut, remark: firstOut === null ? 'not recorded' : '' },
    {
      name: 'Last byte out',
      time: row.aborted ? null : since(times.endedAt),
      remark: row.aborted ? 'never: the connection ended before' : times.endedAt > 0 ? '' : 'not yet',
    },
    {
      name: 'Connection closed',
      time: since(connection.closedAt),
      remark: connection.closedAt > 0 ? connection.closeReason : 'still open',
    },
  ];
  return { steps, moments, transfers };
}

/** What happened on the way to another server and back. */
function forwardingMoments(
  { forwarding }: ExchangeDetail,
  since: (time: number) => number | null,
): TimingMoment[] {
  if (forwarding === null) return [];
  const { server, target, connectedAt, sentAt, answeredAt, endedAt, problem } = forwarding;
  const known = (time: number, remark = ''): Pick<TimingMoment, 'time' | 'remark'> => ({
    time: since(time),
    remark: time > 0 ? remark : problem || 'never',
  });
  return [
    { name: 'Connected to the other server', ...known(connectedAt, `forwarded to ${server} as ${target}`) },
    { name: 'Request forwarded to its end', ...known(sentAt) },
    { name: 'Answer began there', ...known(answeredAt) },
    { name: 'Answer ended there', ...known(endedAt, problem) },
  ];
}

function shifted({ start, end, time }: { start: number; end: number; time: number }, from: number) {
  return { start, end, time: time - from };
}

function stepsOf(
  { times, connection, forwarding }: ExchangeDetail,
  since: (time: number) => number | null,
  firstOut: number | null,
): TimingStep[] {
  const steps: TimingStep[] = [];
  const add = (
    kind: TimingStep['kind'],
    name: string,
    start: number | null,
    end: number | null,
    meaning: string,
  ) => {
    if (start !== null)
      steps.push({ kind, name, start, end: end === null ? null : Math.max(start, end), meaning });
  };
  const head = since(times.headAt);
  const complete = since(times.requestEndedAt);
  const ready = since(times.respondedAt);
  if (connection.exchangeNumber === 1) {
    add(
      'waiting',
      'Waiting for the request',
      since(connection.openedAt),
      0,
      'From accept() to the first byte.',
    );
  }
  add(
    'reading',
    'Reading the head',
    0,
    head ?? ready,
    'From the first byte to the empty line that ends the header section.',
  );
  if (complete !== null && head !== null && complete > head) {
    add(
      'reading',
      'Reading the body',
      head,
      complete,
      'From the end of the head to the last byte of the body.',
    );
  }
  if (forwarding === null) {
    add(
      'handling',
      'Handling',
      complete ?? head,
      ready,
      "From the complete request to the answer: the server's own work.",
    );
  } else {
    const connected = since(forwarding.connectedAt);
    const failed = since(forwarding.endedAt) ?? ready;
    add(
      'waiting',
      'Connecting',
      head,
      connected ?? failed,
      `From the head to a connection to ${forwarding.server}.`,
    );
    add(
      'handling',
      'Forwarded',
      connected,
      ready ?? failed,
      `From there to the answer of ${forwarding.server}.`,
    );
  }
  add(
    'writing',
    'Waiting to send',
    ready,
    firstOut,
    'From the answer to the first write; answers go out in the order of their requests.',
  );
  add(
    'writing',
    'Sending',
    firstOut,
    since(times.endedAt),
    'From the first write to the last byte handed to the kernel.',
  );
  return steps;
}

/** A time from the first byte of the request on, as a text. */
export function moment(time: number): string {
  return `${time < 0 ? '−' : '+'}${formatDuration(Math.abs(time))}`;
}
