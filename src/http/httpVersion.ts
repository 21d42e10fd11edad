import { bytesOf, CR, classes, DIGIT, DOT, LF } from './bytes.ts';
import type { HeadBuffer } from './headBuffer.ts';
import type { RuleId } from './rules.ts';
import type { Tokens } from './tokens.ts';

const name = bytesOf('HTTP/');
const length = 8;

/**
 * HTTP-version = "HTTP" "/" DIGIT "." DIGIT (RFC 9112 section 2.3), from the token's start on. Returns the index it
 * came to, or -1 after a violation; the version is whole when that is `length` bytes on.
 */
export function parseVersion(
  head: HeadBuffer,
  tokens: Tokens,
  bytes: Uint8Array,
  base: number,
  start: number,
  stop: number,
  broken: RuleId,
): number {
  const first = base + tokens.start;
  let i = start;
  for (; i < stop && i < first + length; i++) {
    const at = i - first;
    const octet = bytes[i];
    if (!fits(octet, at)) return tokens.fail(versionRule(octet, at, broken), i - base);
    if (at === 5) head.majorVersion = octet - 0x30;
    if (at === 7) {
      head.minorVersion = octet - 0x30;
      if (head.majorVersion !== 1) return tokens.fail('version-not-supported', i - base - 2);
    }
  }
  return i;
}

function fits(octet: number, at: number): boolean {
  if (at < 5) return octet === name[at];
  return at === 6 ? octet === DOT : (classes[octet] & DIGIT) !== 0;
}

function versionRule(octet: number, at: number, broken: RuleId): RuleId {
  if (broken !== 'version-syntax') return broken;
  if (octet === LF) return 'bare-lf';
  return at === 0 && octet === CR ? 'version-missing' : 'version-syntax';
}
