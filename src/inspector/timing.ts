/** Where the time of an exchange went. Pure functions. */
import { l10n } from '../l10n/l10n.ts';
import type { ExchangeDetail } from '../protocol/inspector.ts';
import { counted, formatDuration } from './format.ts';

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
      name: l10n.t('Waiting in the accept queue'),
      time: null,
      remark: l10n.t('not known: the kernel does not tell when the connection was established'),
    },
    {
      name: l10n.t('Connection accepted'),
      time: since(connection.openedAt),
      remark: first
        ? ''
        : l10n.t('{0} before this one on it', counted(connection.exchangeNumber - 1, 'exchange')),
    },
    { name: l10n.t('First byte of the request'), time: 0, remark: '' },
    {
      name: l10n.t('Head complete'),
      time: since(times.headAt),
      remark: times.headAt > 0 ? '' : l10n.t('never'),
    },
    {
      name: l10n.t('Request complete'),
      time: since(times.requestEndedAt),
      remark: times.requestEndedAt > 0 ? '' : l10n.t('never'),
    },
    ...forwardingMoments(detail, since),
    {
      name: l10n.t('Answer ready'),
      time: since(times.respondedAt),
      remark: times.respondedAt > 0 ? '' : l10n.t('not yet'),
    },
    {
      name: l10n.t('First byte out'),
      time: firstOut,
      remark: firstOut === null ? l10n.t('not recorded') : '',
    },
    {
      name: l10n.t('Last byte out'),
      time: row.aborted ? null : since(times.endedAt),
      remark: row.aborted
        ? l10n.t('never: the connection ended before')
        : times.endedAt > 0
          ? ''
          : l10n.t('not yet'),
    },
    {
      name: l10n.t('Connection closed'),
      time: since(connection.closedAt),
      remark: connection.closedAt > 0 ? connection.closeReason : l10n.t('still open'),
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
    remark: time > 0 ? remark : problem || l10n.t('never'),
  });
  return [
    {
      name: l10n.t('Connected to the other server'),
      ...known(connectedAt, l10n.t('forwarded to {0} as {1}', server, target)),
    },
    { name: l10n.t('Request forwarded to its end'), ...known(sentAt) },
    { name: l10n.t('Answer began there'), ...known(answeredAt) },
    { name: l10n.t('Answer ended there'), ...known(endedAt, problem) },
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
      l10n.t('Waiting for the request'),
      since(connection.openedAt),
      0,
      l10n.t('From accept() to the first byte.'),
    );
  }
  add(
    'reading',
    l10n.t('Reading the head'),
    0,
    head ?? ready,
    l10n.t('From the first byte to the empty line that ends the header section.'),
  );
  if (complete !== null && head !== null && complete > head) {
    add(
      'reading',
      l10n.t('Reading the body'),
      head,
      complete,
      l10n.t('From the end of the head to the last byte of the body.'),
    );
  }
  if (forwarding === null) {
    add(
      'handling',
      l10n.t('Handling'),
      complete ?? head,
      ready,
      "From the complete request to the answer: the server's own work.",
    );
  } else {
    const connected = since(forwarding.connectedAt);
    const failed = since(forwarding.endedAt) ?? ready;
    add(
      'waiting',
      l10n.t('Connecting'),
      head,
      connected ?? failed,
      l10n.t('From the head to a connection to {0}.', forwarding.server),
    );
    add(
      'handling',
      l10n.t('Forwarded'),
      connected,
      ready ?? failed,
      l10n.t('From there to the answer of {0}.', forwarding.server),
    );
  }
  add(
    'writing',
    l10n.t('Waiting to send'),
    ready,
    firstOut,
    l10n.t('From the answer to the first write; answers go out in the order of their requests.'),
  );
  add(
    'writing',
    l10n.t('Sending'),
    firstOut,
    since(times.endedAt),
    l10n.t('From the first write to the last byte handed to the kernel.'),
  );
  return steps;
}

/** A time since the first byte of the request, as a text. */
export function moment(time: number): string {
  return `${time < 0 ? '−' : '+'}${formatDuration(Math.abs(time))}`;
}
