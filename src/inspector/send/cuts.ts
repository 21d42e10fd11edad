import { l10n } from '../../l10n/l10n.ts';

/** Offsets at which bytes are cut, ascending, each once; or what is wrong with the text, in a sentence for the user. */
export type Cuts = { readonly cuts: readonly number[] } | { readonly problem: string };

/**
 * Reads offsets as a user writes them: whole numbers in any order, with commas or spaces between them.
 *
 * @param length bytes to be cut: an offset lies between 1 and `length - 1`
 */
export function readCuts(text: string, length: number): Cuts {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  const wrong = words.find((word) => !/^\d+$/.test(word) || Number(word) < 1 || Number(word) >= length);
  if (wrong !== undefined)
    return { problem: l10n.t('Cuts are offsets from 1 to {0}, not "{1}".', length - 1, wrong) };
  return { cuts: [...new Set(words.map(Number))].sort((one, other) => one - other) };
}

/** The cuts that make a piece of each byte. */
export function everyByte(length: number): readonly number[] {
  return Array.from({ length: Math.max(0, length - 1) }, (_, i) => i + 1);
}
