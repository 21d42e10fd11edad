import { latin1 } from './bytes.ts';

const slots = 1024;
const longest = 128;

/** Texts by the hash of their bytes. A new one replaces another with the same hash: memory is bounded. */
const texts: string[] = new Array(slots).fill('');

/**
 * As `latin1`, for text that recurs, such as methods, targets and hosts: a text that was seen not long ago is found by
 * its bytes, and returned as the same string, which costs no memory and is quick to look up in a Map.
 */
export function recurringText(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > longest) return latin1(bytes, start, end);
  let hash = end - start;
  for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + bytes[i]) | 0;
  const slot = (hash ^ (hash >>> 15)) & (slots - 1);
  const text = texts[slot];
  if (spells(text, bytes, start, end)) return text;
  texts[slot] = latin1(bytes, start, end);
  return texts[slot];
}

function spells(text: string, bytes: Uint8Array, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}
