import { readCapture } from '../../../src/capture/importFile.ts';
import { ImportProblem } from '../../../src/capture/importProblem.ts';
import { storeImported } from '../../../src/capture/importStore.ts';
import { CaptureStore } from '../../../src/capture/store.ts';
import type { ExchangeDetail } from '../../../src/protocol/inspector.ts';
import { allOf } from './exchanges.ts';

const limits = { storeBytes: 64 * 1024 * 1024 };

/** What a file brings into an empty store. */
export function imported(file: Uint8Array): ExchangeDetail[] {
  const store = new CaptureStore(limits.storeBytes);
  const runs = readCapture(file, limits, () => undefined);
  for (const _ of storeImported(store, 'capture.har', 'import', runs));
  return allOf(store);
}

/** Why a file is refused; anything else that is thrown stays so. */
export function refusal(file: Uint8Array, storeBytes = limits.storeBytes): string {
  try {
    readCapture(file, { storeBytes }, () => undefined);
    return '';
  } catch (error) {
    if (error instanceof ImportProblem) return error.message;
    throw error;
  }
}

/** What of an exchange must come through. Times are as exact as the files have them. */
export function essence({ row, request, response, ruleOffset }: ExchangeDetail) {
  const message = ({ kept, length, complete, segments }: ExchangeDetail['request']) => ({
    length,
    complete,
    kept: kept.map(({ offset, bytes }) => `${offset}: ${Buffer.from(bytes).toString('latin1')}`),
    segments: segments.map(({ start, end, time }) => [start, end, Math.round(time * 100) / 100]),
  });
  return {
    method: row.method,
    target: row.target,
    status: row.status,
    rule: row.rule,
    ruleOffset,
    marked: row.marked,
    comment: row.comment,
    startedAt: Math.round(row.startedAt * 100) / 100,
    request: message(request),
    response: message(response),
  };
}
