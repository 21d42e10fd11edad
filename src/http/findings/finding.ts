import type { Part } from '../content/range.ts';
import { type Link, rfcLink } from '../explanations/explanation.ts';
import type { ExchangeFacts } from './exchangeFacts.ts';

/** `error`: cannot have worked as intended; `warning`: may cause trouble later; `note`: worth a look. */
export type Severity = 'error' | 'warning' | 'note';

/** Bytes that a finding is about. */
export interface Place extends Part {
  readonly message: 'request' | 'response';
}

/** Something worth knowing about an exchange. */
export interface Finding {
  readonly id: string;
  readonly severity: Severity;
  readonly sentence: string;
  /** Where the rule behind it is written. */
  readonly source: Link;
  /** The bytes that show it, the telling ones first; none where no byte does. */
  readonly places: readonly Place[];
}

/** What a check found: its sentence, and the bytes that show it. */
export interface Found {
  readonly sentence: string;
  readonly places: readonly Place[];
}

/** A thing to look for. `rfc` is "9110#8.6" for a section. */
export interface Check {
  readonly id: string;
  readonly severity: Severity;
  readonly rfc: string;
  find(exchange: ExchangeFacts): Found | null;
}

/** A check; `find` may return false or null where it finds nothing. */
export function check(
  severity: Severity,
  id: string,
  rfc: string,
  find: (exchange: ExchangeFacts) => Found | null | false,
): Check {
  return { severity, id, rfc, find: (exchange) => find(exchange) || null };
}

/** What a check has found; places that are null are left out. */
export function found(sentence: string, ...places: readonly (Place | null)[]): Found {
  return { sentence, places: places.filter((place) => place !== null) };
}

/** A part of the request as a place; null stays null. */
export function inRequest(part: Part | null | undefined): Place | null {
  return part ? { message: 'request', start: part.start, end: part.end } : null;
}

/** A part of the response as a place; null stays null. */
export function inResponse(part: Part | null | undefined): Place | null {
  return part ? { message: 'response', start: part.start, end: part.end } : null;
}

/** The link to a section, written as in `Check`. */
export function sourceOf(rfc: string): Link {
  const [number, section = ''] = rfc.split('#');
  return rfcLink(number, section);
}
