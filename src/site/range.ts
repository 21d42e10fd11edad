/** Byte ranges (RFC 9110 section 14). */

/** `start` inclusive, `end` exclusive, in bytes of the representation. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Ranges in one answer, at most: more are made to cost the server work, not to read a file. */
const mostRanges = 16;

/**
 * What a Range field asks of a representation of `size` bytes: ranges in the order they were asked for, those that
 * overlap or touch made one (RFC 9110 section 15.3.7.2). `whole`: the field is to be ignored, since it is absent, of
 * another unit, malformed, or asks for too many ranges (section 14.2 allows a server to ignore it).
 */
export function byteRanges(
  field: string | undefined,
  size: number,
): readonly ByteRange[] | 'whole' | 'unsatisfiable' {
  const specifiers = /^bytes=(.*)$/i.exec(field ?? '')?.[1];
  if (specifiers === undefined) return 'whole';
  const ranges: ByteRange[] = [];
  let valid = false;
  for (const specifier of specifiers.split(',')) {
    const text = specifier.replace(/^[ \t]+|[ \t]+$/g, '');
    // Empty elements of a list are ignored (RFC 9110 section 5.6.1.2).
    if (text === '') continue;
    const range = byteRange(text, size);
    if (range === 'malformed') return 'whole';
    valid = true;
    if (range !== 'unsatisfiable') ranges.push(range);
  }
  if (!valid) return 'whole';
  if (ranges.length === 0) return 'unsatisfiable';
  if (size === 0) return 'whole';
  const merged = ranges.length === 1 ? ranges : mergedRanges(ranges);
  return merged.length > mostRanges ? 'whole' : merged;
}

function byteRange(specifier: string, size: number): ByteRange | 'malformed' | 'unsatisfiable' {
  const parts = /^(\d*)-(\d*)$/.exec(specifier);
  if (parts === null) return 'malformed';
  const [, first, last] = parts;
  if (first === '') {
    if (last === '') return 'malformed';
    // Of nothing, the last bytes are satisfiable all the same (RFC 9110 section 14.1.1); no Content-Range could say so.
    if (Number(last) === 0) return 'unsatisfiable';
    return { start: Math.max(0, size - Number(last)), end: size };
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) return 'malformed';
  if (start >= size) return 'unsatisfiable';
  return { start, end: last === '' ? size : Math.min(Number(last) + 1, size) };
}

function mergedRanges(ranges: readonly ByteRange[]): readonly ByteRange[] {
  const byStart = ranges
    .map((range, order) => ({ ...range, order }))
    .sort((one, other) => one.start - other.start);
  const merged: { start: number; end: number; order: number }[] = [];
  for (const range of byStart) {
    const before = merged.at(-1);
    if (before === undefined || range.start > before.end) {
      merged.push(range);
    } else {
      before.end = Math.max(before.end, range.end);
      before.order = Math.min(before.order, range.order);
    }
  }
  return merged.sort((one, other) => one.order - other.order).map(({ start, end }) => ({ start, end }));
}
