/** The global of this name is looked up by a getter each time. */
const monotonic = performance;
/** By how many milliseconds the system's clock may differ before it is followed: it is corrected by little all the time. */
const jump = 1_000;

let origin = monotonic.timeOrigin;

/** Milliseconds since the epoch, with fractions. It never goes back, unless the system's clock was set. */
export function now(): number {
  return origin + monotonic.now();
}

/**
 * Follows the system's clock where that has jumped: it was set, or the machine has slept, during which the clock that
 * `now` reads stands still. To be called now and then, on each thread.
 */
export function followSystemClock(): void {
  const ahead = Date.now() - now();
  if (Math.abs(ahead) > jump) origin += ahead;
}
