/** Numbers as people read them. */

const groups = new Intl.NumberFormat('en');

/** 1,234 */
export function formatCount(value: number): string {
  return groups.format(value);
}

/** "1 byte", "2 bytes" */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${formatCount(value)} ${value === 1 ? one : many}`;
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
