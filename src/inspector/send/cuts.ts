/** Where bytes are cut into pieces, or in a sentence what is wrong with what was written. */
export type Cuts = { readonly cuts: readonly number[] } | { readonly problem: string };

/** Offsets as a user writes them: whole numbers, in any order, with commas or spaces between them. */
export function readCuts(text: string, length: number): Cuts {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  const wrong = words.find((word) => !/^\d+$/.test(word) || Number(word) < 1 || Number(word) >= length);
  if (wrong !== undefined) return { problem: `Cuts are offsets from 1 to ${length - 1}, not "${wrong}".` };
  return { cuts: [...new Set(words.map(Number))].sort((one, other) => one - other) };
}

export function everyByte(length: number): readonly number[] {
  return Array.from({ length: Math.max(0, length - 1) }, (_, i) => i + 1);
}
