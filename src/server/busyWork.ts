import type { RequestHandler } from '../http/requestHandler.ts';

/** Milliseconds of one attempt to measure this machine, and the number of attempts. */
const tryTime = 5;
const tries = 10;
const roundsAtATime = 10_000;

/**
 * Work that no compiler removes, always the same for the same number of rounds. It is counted, not timed: on a shared
 * processor, time passes for a thread that does not run.
 */
function work(rounds: number): number {
  let state = 0x9e3779b9;
  for (let i = 0; i < rounds; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
  }
  return state;
}

/** How many rounds of work take so many milliseconds on this machine when nothing else runs: the best of several tries. */
export function roundsOf(milliseconds: number): number {
  if (milliseconds === 0) return 0;
  let best = 0;
  for (let i = 0; i < tries; i++) {
    const start = performance.now();
    let rounds = 0;
    let elapsed = 0;
    for (; elapsed < tryTime; elapsed = performance.now() - start) {
      work(roundsAtATime);
      rounds += roundsAtATime;
    }
    best = Math.max(best, rounds / elapsed);
  }
  return Math.round(best * milliseconds);
}

/** A handler whose every answer costs so many rounds of work. */
export function withWork(handler: RequestHandler, rounds: number): RequestHandler {
  if (rounds === 0) return handler;
  return {
    admit: (request) => handler.admit(request),
    wantsMessage: (request) => handler.wantsMessage(request),
    respond(request, message) {
      work(rounds);
      return handler.respond(request, message);
    },
    refuse: (violation) => handler.refuse(violation),
    forward: (request, framing, client) => handler.forward?.(request, framing, client) ?? null,
    date: () => handler.date?.() ?? Date.now(),
    turnBegan: () => handler.turnBegan?.(),
    turnEnded: () => handler.turnEnded?.(),
  };
}
