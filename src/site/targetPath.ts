/** From the path of a request target to file names: the checks before the file system is asked. */

/** Why a path names nothing that is served. */
export type PathRefusal =
  /** A "%" without two hexadecimal digits, or an encoded NUL. */
  | 'malformed'
  /** An encoded "/", or a "\" in any form: it would be a separator to some file systems and none to others. */
  | 'separator'
  /** Dot segments that lead above the root. */
  | 'above-root'
  /** Bytes that are not UTF-8, or a name that no served file has: hidden, or special on Windows. */
  | 'no-such-name';

/** A path that may be looked up. */
export interface TargetPath {
  /** Decoded names from the root down; empty for the root. */
  readonly names: readonly string[];
  /** The path ended in "/", or in a dot segment. */
  readonly folder: boolean;
}

/** `path` as in Request: percent-encoded, one UTF-16 unit per byte, starting with "/". */
export function targetPath(path: string): TargetPath | PathRefusal {
  if (!path.startsWith('/')) return 'no-such-name';
  const names: string[] = [];
  let folder = true;
  for (const segment of path.slice(1).split('/')) {
    const name = decodedSegment(segment);
    if (typeof name !== 'string') return name.refusal;
    folder = name === '' || name === '.' || name === '..';
    if (name === '..') {
      if (names.pop() === undefined) return 'above-root';
    } else if (name !== '' && name !== '.') {
      if (!isServedName(name)) return 'no-such-name';
      names.push(name);
    }
  }
  return { names, folder };
}

/** A segment's text. RFC 3986 section 2.4: decoded once, after the path was split. */
function decodedSegment(segment: string): string | { refusal: PathRefusal } {
  if (!segment.includes('%') && /^[\x20-\x5b\x5d-\x7e]*$/.test(segment)) return segment;
  if (/%(?![0-9A-Fa-f]{2})/.test(segment) || /%00|\0/.test(segment)) return { refusal: 'malformed' };
  if (/%2f|%5c|\\/i.test(segment)) return { refusal: 'separator' };
  const octets = segment.replace(/%([0-9A-Fa-f]{2})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(octets, 'latin1'));
  } catch {
    return { refusal: 'no-such-name' };
  }
}

// Device names hold with any extension, and with superscript digits too; spaces before the dot do not matter.
const deviceName = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3]) *(?:\.|$)/i;
/** A short name that Windows generates for a long one, and that would get round the rules on names. */
const shortName = /^[^.]{1,7}~[0-9]{1,6}(?:\.[^.]{0,3})?$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: file names with them are what is refused.
const neverOnWindows = /[:<>"|?*\u0000-\u001f]|[. ]$/;

/**
 * Whether a file of this name is served. Hidden files are not, except the well-known folder (RFC 8615). What Windows
 * would take for a device, a stream, or another spelling of a name is refused on every platform.
 */
export function isServedName(name: string): boolean {
  if (name.startsWith('.') && name !== '.well-known') return false;
  return !deviceName.test(name) && !shortName.test(name) && !neverOnWindows.test(name);
}
