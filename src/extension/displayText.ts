/**
 * Characters that must not reach a label as they are: control characters, line separators, and those that are invisible
 * or change the direction of text, with which a request could pass for another.
 */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu;

/** Text from the wire, made visible and cut to `limit` characters. */
export function visibleText(text: string, limit = 200): string {
  const cut = text.length > limit ? `${text.slice(0, limit - 1)}…` : text;
  return cut.replace(invisible, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${hex(code, 2)}` : `\\u{${hex(code, 4)}}`;
  });
}

/** As `visibleText`, for a label in which VS Code would draw `$(name)` as an icon. */
export function labelText(text: string, limit = 200): string {
  return visibleText(text, limit).replace(/\$\((?=[a-z0-9-]+(?:~[a-z]+)?\))/gi, '\\$&');
}

/** For a notice, in which VS Code would make `[text](command:...)` a link: a file's name could carry one. */
export function noticeText(text: string): string {
  return text.replaceAll('](', '] (');
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}

/** A number of bytes with a unit (1 KiB is 1024 bytes). */
export function byteSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** As `byteSize`, in few characters: `518`, `1.9K`. */
export function shortSize(bytes: number): string {
  return byteSize(bytes).replace(/ (?:B|([KMGT])iB)$/, '$1');
}

/** A duration given in milliseconds. */
export function durationText(milliseconds: number): string {
  if (milliseconds < 1) return '<1 ms';
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  return milliseconds < 60_000
    ? `${(milliseconds / 1000).toFixed(1)} s`
    : `${Math.round(milliseconds / 60_000)} min`;
}
