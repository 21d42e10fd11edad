/** Byte ranges (RFC 9110 section 14). */

/** `start` inclusive, `end` exclusive, in bytes of the file. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The one range that a Range field asks of a file of `size` bytes. `whole`: the field is to be ignored, since it is
 * absent, of another unit, malformed, or asks for several ranges (RFC 9110 section 14.2 allows a server to ignore it).
 */
export function byteRange(field: string | undefined, size: number): ByteRange | 'whole' | 'unsatisfiable' {
  const parts = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(field ?? '');
  if (parts === null) return 'whole';
  const [, first, last] = parts;
  if (first === '') {
    if (last === '') return 'whole';
    const length = Math.min(Number(last), size);
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size };
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) return 'whole';
  if (start >= size) return 'unsatisfiable';
  return { start, end: last === '' ? size : Math.min(Number(last) + 1, size) };
}
