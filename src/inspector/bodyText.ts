import type { Span } from '../http/dissect.ts';
import type { MessageBytes } from './messageBytes.ts';
import type { MessageView } from './messageView.ts';
import { looksLikeText, visibleText } from './visibleText.ts';

/** The body of a message, as far as it can be shown in words. */
export interface BodyText {
  /** Bytes of data, without what delimits chunks. */
  readonly length: number;
  /** Chunks with data; null where the body is not chunked. */
  readonly chunks: number | null;
  readonly missing: number;
  /** Value of Content-Type, or an empty string. */
  readonly type: string;
  /** The beginning of the data, escaped for display; null where it does not read as text. */
  readonly text: string | null;
  /** Bytes of data that `text` shows. */
  readonly shown: number;
}

const lineBreaks = '\n\t';

/** `limit`: how many bytes of data to show at most. */
export function bodyText(message: MessageView, data: readonly Span[], limit: number): BodyText {
  const { bytes } = message;
  const length = data.reduce((sum, { start, end }) => sum + end - start, 0);
  const missing = data.reduce((sum, { start, end }) => sum + bytes.missing(start, end), 0);
  const beginning = firstBytes(bytes, data, limit);
  const encoded = fieldValue(message, 'content-encoding') !== '';
  const text = !encoded && looksLikeText(beginning) ? linesOf(beginning) : null;
  return {
    length,
    missing,
    text,
    chunks: data.some(({ name }) => name === 'chunk-data') ? data.length : null,
    type: fieldValue(message, 'content-type'),
    shown: beginning.length,
  };
}

/** The value of the first field of a name (in lower case), escaped for display; empty where there is none. */
export function fieldValue(message: MessageView, name: string): string {
  for (const { kind, tokens } of message.lines) {
    if (kind !== 'field' || tokens.length < 2) continue;
    const [nameToken, value] = tokens;
    const found = visibleText(message.bytes.slice(nameToken.start, nameToken.end));
    if (found.toLowerCase() === name) return visibleText(message.bytes.slice(value.start, value.end, 256));
  }
  return '';
}

/** A CR before LF shows as the line break that both are. */
function linesOf(bytes: Uint8Array): string {
  return visibleText(bytes, lineBreaks).replaceAll('\\r\n', '\n');
}

/** The data up to the first gap, without what delimits chunks. */
function firstBytes(bytes: MessageBytes, data: readonly Span[], limit: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let size = 0;
  for (const { start, end } of data) {
    if (size >= limit) break;
    const stop = Math.min(end, start + limit - size);
    const part = untilGap(bytes, start, stop);
    parts.push(part);
    size += part.length;
    if (part.length < stop - start) break;
  }
  const joined = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

function untilGap(bytes: MessageBytes, start: number, end: number): Uint8Array {
  const stretch = bytes.stretchAt(start);
  if (!stretch?.bytes) return new Uint8Array(0);
  return stretch.bytes.subarray(start - stretch.start, Math.min(end, stretch.end) - stretch.start);
}
