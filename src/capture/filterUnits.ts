import { FilterError } from './filterSubject.ts';

const sizeUnits: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1000,
  kb: 1000,
  kib: 1024,
  m: 1_000_000,
  mb: 1_000_000,
  mib: 1024 * 1024,
  g: 1_000_000_000,
  gb: 1_000_000_000,
};

const durationUnits: Readonly<Record<string, number>> = {
  '': 1,
  us: 0.001,
  µs: 0.001,
  ms: 1,
  s: 1000,
  min: 60_000,
  m: 60_000,
};

/** Made when it is first needed: it takes milliseconds. */
let groups: Intl.NumberFormat | null = null;

/** Bytes of a size such as `500`, `10k`, `1.5MB`, `64KiB`. @throws FilterError */
export function parseSize(text: string): number {
  return parse(text, sizeUnits, 'size: give bytes, or a number with k, M or KiB, like 10k');
}

/** Milliseconds of a duration such as `100`, `1.5s`, `2min`. @throws FilterError */
export function parseDuration(text: string): number {
  return parse(text, durationUnits, 'duration: give milliseconds, or a number with s or min, like 1.5s');
}

/** Milliseconds since midnight of a time such as `14:05`, `14:05:30` or `14:05:30.250`. @throws FilterError */
export function parseTimeOfDay(text: string): number {
  const parts = /^(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d{1,3})?))?$/.exec(text);
  const [hours, minutes, seconds] = (parts ?? []).slice(1).map((part) => Number(part ?? 0));
  if (parts === null || hours > 23 || minutes > 59 || seconds >= 60) {
    throw new FilterError(`“${text}” is no time of day: give one like 14:05 or 14:05:30.`);
  }
  return Math.round(((hours * 60 + minutes) * 60 + seconds) * 1000);
}

function grouped(number: number): string {
  groups ??= new Intl.NumberFormat('en', { maximumFractionDigits: 3 });
  return groups.format(number);
}

/** "10,000 bytes" */
export function formatBytes(bytes: number): string {
  return `${grouped(bytes)} ${bytes === 1 ? 'byte' : 'bytes'}`;
}

/** "1,500 ms" */
export function formatMilliseconds(milliseconds: number): string {
  return `${grouped(milliseconds)} ms`;
}

function parse(text: string, units: Readonly<Record<string, number>>, what: string): number {
  const [, number, unit] = /^(\d{1,15}(?:\.\d+)?)([a-zµ]*)$/i.exec(text) ?? [];
  const factor = Object.hasOwn(units, unit?.toLowerCase()) ? units[unit.toLowerCase()] : undefined;
  if (number === undefined || factor === undefined) throw new FilterError(`“${text}” is no ${what}.`);
  return Number(number) * factor;
}
