import type { KeptBytes, MessageDetail } from '../protocol/inspector.ts';
import { exchangeDump } from './byteDump.ts';
import type { CapturedFile } from './capturedFile.ts';
import type { CaptureSource } from './captureSource.ts';
import { decodedContent } from './contentDecoding.ts';
import { bodyData, exportedExchange } from './exportExchange.ts';

/** What a file holds. */
export interface FileContent {
  readonly bytes: Uint8Array;
  /** Bytes that went over the wire but were not kept: they are not in the file. */
  readonly missing: number;
  /** Milliseconds since the epoch, whole. */
  readonly createdAt: number;
  readonly changedAt: number;
}

/** Why there is no content. */
export type NoContent = 'gone' | 'undecodable';

/** The bytes of a file, which the caller owns. */
export function contentOfFile(capture: CaptureSource, file: CapturedFile): FileContent | NoContent {
  if (file.kind === 'stream') {
    const stream = capture.stream(file.connection, file.direction);
    if (stream === null) return 'gone';
    const bytes = joined(stream.kept);
    const missing = stream.length - bytes.length;
    return { bytes, missing, ...whole(stream.openedAt, stream.lastActiveAt) };
  }
  const detail = capture.detail(file.exchange);
  if (detail === null) return 'gone';
  const { times } = detail;
  if (file.kind === 'dump') {
    const text = exchangeDump(exportedExchange(detail), file.form);
    const changedAt = Math.max(times.endedAt, lastTime(detail.request), lastTime(detail.response));
    return { bytes: new TextEncoder().encode(text), missing: 0, ...whole(times.startedAt, changedAt) };
  }
  const message = detail[file.message];
  const stamps = whole(times.startedAt, lastTime(message));
  if (file.part === 'message') {
    const bytes = joined(message.kept);
    return { bytes, missing: message.length - bytes.length, ...stamps };
  }
  const exported = exportedExchange(detail)[file.message];
  const { facts } = exported;
  const bodyStart = facts.hasHead ? facts.bodyStart : message.length;
  const body = joined(message.kept, bodyStart);
  const missing = message.length - bodyStart - body.length;
  if (file.part === 'body') return { bytes: body, missing, ...stamps };
  const decoded = decodedContent(bodyData(exported), facts.list('content-encoding'));
  return decoded === null ? 'undecodable' : { bytes: decoded, missing, ...stamps };
}

/** When the last byte of a message was read or written; 0 where that is not known. */
function lastTime({ segments }: MessageDetail): number {
  return segments.at(-1)?.time ?? 0;
}

function whole(createdAt: number, changedAt: number): Pick<FileContent, 'createdAt' | 'changedAt'> {
  return { createdAt: Math.floor(createdAt), changedAt: Math.floor(Math.max(createdAt, changedAt)) };
}

/** What was kept from a byte on. */
function joined(kept: readonly KeptBytes[], from = 0): Uint8Array {
  const pieces = kept.flatMap(({ offset, bytes }) => {
    const piece = bytes.subarray(Math.max(0, from - offset));
    return piece.length > 0 ? [piece] : [];
  });
  if (pieces.length === 1) return pieces[0];
  const bytes = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
