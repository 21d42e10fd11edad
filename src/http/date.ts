let cachedSecond = Number.NaN;
let cachedText = '';

/** IMF-fixdate (RFC 9110 section 5.6.7) of a time in milliseconds since the epoch. */
export function httpDate(time: number): string {
  const second = Math.floor(time / 1000);
  if (second !== cachedSecond) {
    cachedSecond = second;
    cachedText = new Date(second * 1000).toUTCString();
  }
  return cachedText;
}
