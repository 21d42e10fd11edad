import type { FromSend, SendPlan } from '../protocol/send.ts';

/** A plan beyond these limits is refused as a mistake: bytes, repetitions, and milliseconds between pieces. */
const mostBytes = 16 * 1024 * 1024;
const mostTimes = 1000;
const longestPause = 60_000;

/** Whether what came from the page is a message of the protocol, with a plan within the limits. */
export function isFromSend(value: unknown): value is FromSend {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false;
  switch (value.type) {
    case 'ready':
    case 'cancel':
    case 'exampleLoaded':
      return true;
    case 'show':
    case 'compare':
      return 'number' in value && isWhole(value.number, 1, Number.MAX_SAFE_INTEGER);
    case 'send':
      return 'url' in value && typeof value.url === 'string' && 'plan' in value && isPlan(value.plan);
    default:
      return false;
  }
}

function isPlan(value: unknown): value is SendPlan {
  if (typeof value !== 'object' || value === null) return false;
  const { bytes, cuts, pause, times, oneConnection } = value as Record<keyof SendPlan, unknown>;
  if (!(bytes instanceof Uint8Array) || bytes.length === 0 || bytes.length > mostBytes) return false;
  return (
    Array.isArray(cuts) &&
    cuts.every((cut, i) => isWhole(cut, i === 0 ? 1 : cuts[i - 1] + 1, bytes.length - 1)) &&
    isWhole(pause, 0, longestPause) &&
    isWhole(times, 1, mostTimes) &&
    typeof oneConnection === 'boolean'
  );
}

function isWhole(value: unknown, least: number, most: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}
