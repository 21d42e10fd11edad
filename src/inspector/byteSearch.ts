import { l10n } from '../l10n/l10n.ts';
import type { MessageBytes } from './messageBytes.ts';
import type { ByteRange } from './spanIndex.ts';

/** What a query is: text, pairs of hexadecimal digits, or a regular expression. */
export type SearchKind = 'text' | 'hex' | 'regex';

/** The pattern to search for, or what is wrong with the query, in a sentence for the user. */
export type ByteSearch = { readonly pattern: RegExp } | { readonly problem: string };

/** Matches that are found in one message, at most. */
export const matchLimit = 10_000;
/** Bytes that are searched at a time. */
const windowLength = 1 << 18;
/** Bytes that are searched again in the next window: no match shorter than that is cut in two. */
const overlap = 1 << 12;

/** Bytes are searched as Latin-1, one character each. Text is searched for as its UTF-8, without regard to ASCII case. */
export function byteSearch(kind: SearchKind, query: string): ByteSearch {
  switch (kind) {
    case 'text':
      return { pattern: new RegExp(inEitherCase(literal(latin1(new TextEncoder().encode(query)))), 'g') };
    case 'hex': {
      const digits = query.replaceAll(/0x|[\s,:]/gi, '');
      if (!/^[\da-f]*$/i.test(digits))
        return { problem: l10n.t('Hexadecimal digits are expected, such as 0D 0A.') };
      if (digits.length % 2 !== 0) return { problem: l10n.t('Every byte takes two hexadecimal digits.') };
      const octets = (digits.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
      return { pattern: new RegExp(literal(String.fromCharCode(...octets)), 'g') };
    }
    case 'regex':
      try {
        return { pattern: new RegExp(query, 'gm') };
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        return { problem: error.message };
      }
  }
}

/**
 * Where the pattern is found, in order. Each step goes through one window of the bytes, so that the caller can pause in
 * between.
 */
export function* findBytes(bytes: MessageBytes, pattern: RegExp): Generator<readonly ByteRange[]> {
  for (const stretch of bytes.stretches) {
    if (stretch.bytes === null) continue;
    let searched = 0;
    for (let from = 0; from < stretch.bytes.length; from += windowLength - overlap) {
      const window = latin1(stretch.bytes.subarray(from, from + windowLength));
      const found: ByteRange[] = [];
      for (const match of window.matchAll(pattern)) {
        const start = stretch.start + from + match.index;
        if (match[0] === '' || start < searched) continue;
        searched = start + match[0].length;
        found.push({ start, end: searched });
        if (found.length >= matchLimit) break;
      }
      yield found;
      if (from + windowLength >= stretch.bytes.length) break;
    }
  }
}

function latin1(bytes: Uint8Array): string {
  let text = '';
  // In pieces, since the arguments of a call must fit on the stack.
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}

/** The source of a regular expression that matches exactly this text. */
function literal(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

/** The flag `i` would also take bytes of a letter outside ASCII, as E3 for C3, for each other. */
function inEitherCase(pattern: string): string {
  return pattern.replaceAll(/[a-z]/gi, (letter) => `[${letter.toLowerCase()}${letter.toUpperCase()}]`);
}
