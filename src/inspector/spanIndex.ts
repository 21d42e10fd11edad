/** A range of bytes: `start` inclusive, `end` exclusive. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Where the span that holds `offset` stands in `spans`, which are in order without overlaps; -1 where none does. */
export function spanIndexAt(spans: readonly ByteRange[], offset: number): number {
  const index = firstEndingAfter(spans, offset);
  return index < spans.length && spans[index].start <= offset ? index : -1;
}

/** Index of the first span that ends after `offset`; `spans.length` where there is none. */
export function firstEndingAfter(spans: readonly ByteRange[], offset: number): number {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans[middle].end <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The span after or before the one that holds `offset`; null at either end. */
export function neighbourSpan<Range extends ByteRange>(
  spans: readonly Range[],
  offset: number,
  step: 1 | -1,
): Range | null {
  const index = spanIndexAt(spans, offset);
  if (index >= 0) return spans[index + step] ?? null;
  const next = firstEndingAfter(spans, offset);
  return spans[step === 1 ? next : next - 1] ?? null;
}
