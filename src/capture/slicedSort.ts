/** Work that pauses after each slice, so that its caller may do something else in between. */
export type SlicedWork<Result> = Generator<undefined, Result>;

/** Items that are sorted or merged at a time: a millisecond's work, or little more. */
export const sliceItems = 4096;

/** As `toSorted`; what compares as equal keeps its order. */
export function* sortedInSlices<Item>(
  items: readonly Item[],
  compare: (one: Item, other: Item) => number,
): SlicedWork<readonly Item[]> {
  let runs: (readonly Item[])[] = [];
  for (let start = 0; start < items.length; start += sliceItems) {
    runs.push(items.slice(start, start + sliceItems).sort(compare));
    yield;
  }
  while (runs.length > 1) {
    const longer: (readonly Item[])[] = [];
    for (let i = 0; i < runs.length; i += 2) {
      const [one, other] = [runs[i], runs[i + 1]];
      longer.push(other === undefined ? one : yield* merged(one, other, compare));
    }
    runs = longer;
  }
  return runs[0] ?? [];
}

function* merged<Item>(
  one: readonly Item[],
  other: readonly Item[],
  compare: (one: Item, other: Item) => number,
): SlicedWork<readonly Item[]> {
  const items: Item[] = [];
  let [i, j] = [0, 0];
  while (i < one.length || j < other.length) {
    const isFirst = j >= other.length || (i < one.length && compare(one[i], other[j]) <= 0);
    items.push(isFirst ? one[i++] : other[j++]);
    if (items.length % sliceItems === 0) yield;
  }
  return items;
}
