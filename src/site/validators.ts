/** Validators of a file, and the conditions of requests on them (RFC 9110 sections 8.8 and 13). */
import { httpDate } from '../http/date.ts';
import type { Request } from '../http/message.ts';
import type { ContentCoding } from './acceptEncoding.ts';

/** The validators of one version of a file. */
export interface Validators {
  /** Weak: two writes within the clock's grain that leave the size alike look the same (RFC 9110 section 8.8.3). */
  readonly etag: string;
  /** Whole seconds, in milliseconds since the epoch; never later than now (RFC 9110 section 8.8.2.1). */
  readonly lastModified: number;
}

/**
 * `modifiedNs` in nanoseconds since the epoch, `now` in milliseconds, `size` in bytes. Each content coding of a file has
 * an entity tag of its own (RFC 9110 section 8.8.3.3).
 */
export function validatorsOf(
  modifiedNs: bigint,
  size: number,
  coding: ContentCoding | null,
  now: number,
): Validators {
  const time = Math.min(Math.max(0, Number(modifiedNs / 1_000_000n)), now);
  return {
    etag: `W/"${modifiedNs.toString(36)}-${size.toString(36)}${coding === null ? '' : `-${coding}`}"`,
    lastModified: Math.floor(time / 1000) * 1000,
  };
}

/** The validators as header fields. */
export function validatorFields(validators: Validators): [string, string][] {
  return [
    ['ETag', validators.etag],
    ['Last-Modified', httpDate(validators.lastModified)],
  ];
}

/** The result of a request's preconditions, evaluated in the order of RFC 9110 section 13.2.2. */
export type Precondition = 'none' | 'not-modified' | 'failed';

/** `validators`: null for a page that has none: no entity tag matches it, and dates are ignored. */
export function precondition(request: Request, validators: Validators | null): Precondition {
  const match = request.field('if-match');
  if (match !== undefined) {
    // Strong comparison: ours is weak, so no entity tag matches it (RFC 9110 section 13.1.1).
    if (match.trim() !== '*') return 'failed';
  } else if (validators !== null) {
    const unmodified = parseHttpDate(request.field('if-unmodified-since'));
    if (unmodified !== null && validators.lastModified > unmodified) return 'failed';
  }
  const noneMatch = request.field('if-none-match');
  if (noneMatch !== undefined) {
    if (noneMatch.trim() === '*') return 'not-modified';
    if (validators === null) return 'none';
    const opaque = withoutWeakness(validators.etag);
    return entityTags(noneMatch).some((tag) => withoutWeakness(tag) === opaque) ? 'not-modified' : 'none';
  }
  if (validators === null) return 'none';
  const modified = parseHttpDate(request.field('if-modified-since'));
  return modified !== null && validators.lastModified <= modified ? 'not-modified' : 'none';
}

/**
 * Whether a Range field may be obeyed: If-Range is absent, or names this version (RFC 9110 section 13.1.5). It wants
 * the strong comparison, which our weak entity tag never passes; a date must be exact, and strong in the sense of
 * section 8.8.2.2: the file has been left alone for a minute.
 */
export function rangeApplies(request: Request, validators: Validators, now: number): boolean {
  const condition = request.field('if-range');
  if (condition === undefined) return true;
  const date = parseHttpDate(condition);
  return date === validators.lastModified && now - validators.lastModified >= 60_000;
}

/** The entity tags of a list; anything else is ignored (RFC 9110 section 8.8.3). */
function entityTags(list: string): string[] {
  return list.match(/(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g) ?? [];
}

function withoutWeakness(tag: string): string {
  return tag.startsWith('W/') ? tag.slice(2) : tag;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const fixdate = /^[A-Z][a-z]{2}, (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/;
const rfc850date = /^[A-Z][a-z]{5,8}, (\d{2})-([A-Z][a-z]{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2}) GMT$/;
const asctimeDate = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) ([ \d]\d) (\d{2}):(\d{2}):(\d{2}) (\d{4})$/;

/** An HTTP-date in any of its three forms (RFC 9110 section 5.6.7), in milliseconds; null where it is none. */
export function parseHttpDate(text: string | undefined): number | null {
  if (text === undefined) return null;
  let parts = fixdate.exec(text);
  if (parts !== null) return timeOf(parts[3], parts[2], parts[1], parts.slice(4));
  parts = rfc850date.exec(text);
  if (parts !== null) return timeOf(fullYear(Number(parts[3])), parts[2], parts[1], parts.slice(4));
  parts = asctimeDate.exec(text);
  return parts === null ? null : timeOf(parts[6], parts[1], parts[2], parts.slice(3, 6));
}

/** A year of two digits that looks more than 50 years ahead is of the past century. */
function fullYear(year: number): string {
  const now = new Date().getUTCFullYear();
  const candidate = now - (now % 100) + year;
  return String(candidate > now + 50 ? candidate - 100 : candidate);
}

function timeOf(year: string, month: string, day: string, clock: readonly string[]): number | null {
  const index = months.indexOf(month);
  const [hours, minutes, seconds] = clock.map(Number);
  if (index < 0 || hours > 23 || minutes > 59 || seconds > 60) return null;
  const date = new Date(Date.UTC(Number(year), index, Number(day), hours, minutes, seconds));
  const exists = seconds === 60 || (date.getUTCDate() === Number(day) && date.getUTCMonth() === index);
  return exists ? date.getTime() : null;
}
