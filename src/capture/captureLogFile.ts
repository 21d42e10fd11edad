/** The files that a capture log writes: how they are read, whatever is in them. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { deserialize } from 'node:v8';
import type { CaptureBatch, PackedBatch } from '../protocol/capture.ts';
import type { ExchangeKey } from '../protocol/inspector.ts';
import type { StoreTotals } from './heldCapture.ts';
import { unpackedBatch } from './packedBatch.ts';
import type { RunDescription, RunEnd, RunId } from './run.ts';

/**
 * How frames are written: to be raised when those of before are no longer understood. Files that name no format have the
 * first, or one from before it.
 */
export const logFormat = 1;

/** They take turns: a file of an even number has the first name. */
export const fileNames = ['capture.0', 'capture.1'] as const;
/** Before each frame stands its length (big-endian). */
export const lengthBytes = 4;

/** An entry of the log, which is in the order of events. `totals` are those after it. */
export type Frame =
  /** First in each file: what the file before it may have said, but no longer does. */
  | { type: 'file'; format?: number; number: number; runs: readonly KeptRun[]; totals: StoreTotals }
  | { type: 'run'; run: KeptRun }
  | { type: 'batch'; run: RunId; batch: CaptureBatch; totals: StoreTotals }
  | { type: 'end'; run: RunId; end: RunEnd }
  | { type: 'removed'; runs: readonly RunId[]; totals: StoreTotals }
  /** Written behind the exchange that they are about, and so kept for at least as long. */
  | { type: 'mark'; exchange: ExchangeKey; marked: boolean }
  | { type: 'comment'; exchange: ExchangeKey; text: string };

export type WrittenFrame =
  | Exclude<Frame, { type: 'batch' }>
  | (Omit<Extract<Frame, { type: 'batch' }>, 'batch'> & { batch: PackedBatch });

export interface KeptRun {
  readonly description: RunDescription;
  readonly end: RunEnd | null;
}

/** Why a file, or what is left of it, is not understood. */
export type Unreadable = 'earlierFormat' | 'laterFormat' | 'damaged';

/** A file of the log, as far as its frames are whole and understood. */
export interface KeptFile {
  readonly path: string;
  /** Rises with each file begun; -1 where nothing is understood. */
  readonly number: number;
  readonly frames: readonly Frame[];
  /** Bytes of these frames. */
  readonly size: number;
  /** Why it is not read to its end; null also where its last frame was cut off as it was written. */
  readonly unreadable: Unreadable | null;
}

/** @throws errors of the file system */
export function readFrames(folder: string, name: (typeof fileNames)[number]): KeptFile {
  const file = path.join(folder, name);
  const bytes = readIfThere(file);
  const frames: Frame[] = [];
  let number = -1;
  let format: number | undefined;
  let unreadable: Unreadable | null = null;
  let at = 0;
  while (at + lengthBytes <= bytes.length) {
    const end = at + lengthBytes + bytes.readUInt32BE(at);
    if (end > bytes.length) break;
    const value = deserialized(bytes.subarray(at + lengthBytes, end));
    const frame = understood(value);
    const isFirst = frames.length === 0;
    if (isFirst && frame?.type === 'file' && fileNames[frame.number % 2] === name)
      ({ number, format } = frame);
    else if (isFirst) unreadable = otherFormat(value) ?? 'damaged';
    else if (frame === null) unreadable = format === undefined ? 'earlierFormat' : 'damaged';
    if (frame === null || unreadable !== null) break;
    frames.push(frame);
    at = end;
  }
  if (frames.length === 0 && bytes.length > 0) unreadable ??= 'damaged';
  return { path: file, number, frames, size: at, unreadable };
}

function readIfThere(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

/** Undefined where the bytes are none that node:v8 has written. */
function deserialized(bytes: Buffer): unknown {
  try {
    return deserialize(bytes);
  } catch {
    return undefined;
  }
}

function understood(value: unknown): Frame | null {
  if (!isWrittenFrame(value)) return null;
  if (value.type !== 'batch') return value;
  const batch = unpackedBatch(value.batch);
  return batch === null ? null : { ...value, batch };
}

/** Whether a file's first frame says that it was written in a format other than the present one; null where it does not. */
function otherFormat(value: unknown): Unreadable | null {
  if (!isObject(value) || typeof value.format !== 'number' || value.format === logFormat) return null;
  return value.format > logFormat ? 'laterFormat' : 'earlierFormat';
}

/** But for what a batch holds. Arrays may have gaps, which their own `every` passes over. */
function isWrittenFrame(value: unknown): value is WrittenFrame {
  if (!isObject(value)) return false;
  switch (value.type) {
    case 'file':
      return (
        (value.format === undefined || value.format === logFormat) &&
        isCount(value.number) &&
        Array.isArray(value.runs) &&
        Array.from(value.runs).every(isKeptRun) &&
        isTotals(value.totals)
      );
    case 'run':
      return isKeptRun(value.run);
    case 'batch':
      return typeof value.run === 'string' && isTotals(value.totals);
    case 'end':
      return typeof value.run === 'string' && isRunEnd(value.end);
    case 'removed':
      return (
        Array.isArray(value.runs) &&
        Array.from(value.runs).every((run) => typeof run === 'string') &&
        isTotals(value.totals)
      );
    case 'mark':
      return typeof value.exchange === 'string' && typeof value.marked === 'boolean';
    case 'comment':
      return typeof value.exchange === 'string' && typeof value.text === 'string';
    default:
      return false;
  }
}

function isKeptRun(value: unknown): boolean {
  if (!isObject(value) || !isObject(value.description)) return false;
  const { id, serverName, root, startedAt, traced, imported } = value.description;
  return (
    (imported === undefined || isImportedFrom(imported)) &&
    (traced === undefined || typeof traced === 'boolean') &&
    [id, serverName, root].every((text) => typeof text === 'string') &&
    Number.isFinite(startedAt) &&
    (value.end === null || isRunEnd(value.end))
  );
}

function isImportedFrom(value: unknown): boolean {
  return isObject(value) && typeof value.file === 'string' && typeof value.rebuilt === 'boolean';
}

function isRunEnd(value: unknown): boolean {
  return isObject(value) && typeof value.reason === 'string' && Number.isFinite(value.time);
}

function isTotals(value: unknown): boolean {
  return (
    isObject(value) && [value.captured, value.displaced, value.leftOut, value.lostInReload].every(isCount)
  );
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
