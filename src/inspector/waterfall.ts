import { l10n } from '../l10n/l10n.ts';
import type { ExchangeRow } from '../protocol/inspector.ts';
import { formatDuration } from './format.ts';

/** What an exchange does in a stretch of its time. */
export type PhaseKind = 'idle' | 'receiving' | 'queued' | 'handling' | 'sending';

/** A stretch of time on the scale of the connection, from 0 (its beginning) to 1 (the latest that is known of it). */
export interface Phase {
  readonly kind: PhaseKind;
  readonly start: number;
  readonly end: number;
}

/** How an exchange came to its connection: as its first, after the previous one's end, or before that. */
export type Arrival = 'new' | 'reused' | 'pipelined';

/** An exchange's place in the time of its connection; `phases` in order. */
export interface Waterfall {
  readonly arrival: Arrival;
  readonly phases: readonly Phase[];
}

const phaseNames: Readonly<Record<PhaseKind, string>> = {
  idle: l10n.t('connection idle'),
  receiving: l10n.t('receiving the request'),
  queued: l10n.t('waiting behind the answer ahead'),
  handling: l10n.t('handling'),
  sending: l10n.t('sending the response'),
};

const arrivalWords: Readonly<Record<Arrival, string>> = {
  new: l10n.t('first on its connection'),
  reused: l10n.t('connection reused'),
  pipelined: l10n.t('pipelined: sent before the answer ahead was out'),
};

/** Where the exchange stands in its connection's time. Nothing is drawn that is not known. */
export function waterfallOf(row: ExchangeRow): Waterfall {
  const { connectionStart, connectionEnd } = row;
  const whole = Math.max(connectionEnd, endOf(row)) - connectionStart;
  const place = (time: number) =>
    whole <= 0 ? 0 : Math.min(1, Math.max(0, (time - connectionStart) / whole));
  return {
    arrival: arrivalOf(row),
    phases: stretchesOf(row).map(([kind, from, to]) => ({ kind, start: place(from), end: place(to) })),
  };
}

/** The same in words. */
export function waterfallWords(row: ExchangeRow): string {
  return [
    l10n.t('Connection {0}, exchange {1}: {2}', row.connection, row.number, arrivalWords[arrivalOf(row)]),
    ...stretchesOf(row).map(([kind, from, to]) => `${phaseNames[kind]} ${formatDuration(to - from)}`),
  ].join(', ');
}

/** Milliseconds since the epoch; as far as is known where it goes on. */
function endOf({ startedAt, duration, connectionEnd }: ExchangeRow): number {
  return duration === null ? Math.max(connectionEnd, startedAt) : startedAt + duration;
}

function stretchesOf(row: ExchangeRow): [kind: PhaseKind, from: number, to: number][] {
  const { startedAt, requestEndedAt, respondedAt, previousEndedAt, connectionStart } = row;
  const end = endOf(row);
  const arrival = arrivalOf(row);
  const received = requestEndedAt || Math.min(end, respondedAt || end);
  const responded = respondedAt || end;
  const ahead = previousEndedAt < 0 ? responded : previousEndedAt;
  const free = arrival === 'pipelined' ? Math.min(Math.max(ahead, received), responded) : received;
  const stretches: [PhaseKind, number, number][] = [
    [
      'idle',
      arrival === 'new' ? connectionStart : arrival === 'reused' ? previousEndedAt : startedAt,
      startedAt,
    ],
    ['receiving', startedAt, received],
    ['queued', received, free],
    ['handling', Math.max(received, free), responded],
    ['sending', responded, end],
  ];
  return stretches.filter(([kind, from, to]) => to > from && (kind !== 'idle' || from > 0));
}

function arrivalOf({ number, previousEndedAt, startedAt }: ExchangeRow): Arrival {
  if (number <= 1) return 'new';
  return previousEndedAt < 0 || previousEndedAt > startedAt ? 'pipelined' : 'reused';
}
