import { l10n } from '../l10n/l10n.ts';

/** Numbers as people read them. */

const groups = new Intl.NumberFormat(l10n.language);

/** 1,234 */
export function formatCount(value: number): string {
  return groups.format(value);
}

/** What is counted: one of it, and any other number. */
const nouns = {
  byte: [l10n.t('1 byte'), l10n.t('{0} bytes')],
  'more byte': [l10n.t('1 more byte'), l10n.t('{0} more bytes')],
  exchange: [l10n.t('1 exchange'), l10n.t('{0} exchanges')],
  'new exchange': [l10n.t('1 new exchange'), l10n.t('{0} new exchanges')],
  'older exchange': [l10n.t('1 older exchange'), l10n.t('{0} older exchanges')],
  chunk: [l10n.t('1 chunk'), l10n.t('{0} chunks')],
  call: [l10n.t('1 call'), l10n.t('{0} calls')],
  'read or write': [l10n.t('1 read or write'), l10n.t('{0} reads and writes')],
  finding: [l10n.t('1 finding'), l10n.t('{0} findings')],
  member: [l10n.t('1 member'), l10n.t('{0} members')],
  element: [l10n.t('1 element'), l10n.t('{0} elements')],
  'more rule': [l10n.t('1 more rule'), l10n.t('{0} more rules')],
} as const;

/** "1 byte", "2,000 bytes" */
export function counted(value: number, noun: keyof typeof nouns): string {
  const [one, many] = nouns[noun];
  return value === 1 ? one : many.replace('{0}', formatCount(value));
}

/** A size in a narrow column: 412 B, 1.2 kB, 3.4 MB. */
export function formatSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 999_950) return `${(bytes / 1000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** A duration in a narrow column; `milliseconds` null = it goes on. */
export function formatDuration(milliseconds: number | null): string {
  if (milliseconds === null) return '…';
  if (milliseconds < 10) return `${milliseconds.toFixed(1)} ms`;
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return `${Math.floor(milliseconds / 60_000)} min ${Math.round((milliseconds % 60_000) / 1000)} s`;
}

/** Local time of day with milliseconds: 14:05:10.250. @param time milliseconds since the epoch */
export function formatTime(time: number): string {
  const date = new Date(time);
  const padded = (value: number, digits = 2) => String(value).padStart(digits, '0');
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => padded(part)).join(':');
  return `${clock}.${padded(date.getMilliseconds(), 3)}`;
}
