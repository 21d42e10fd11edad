/** Socket options as `setsockopt` takes them: their numbers, and their values as bytes. */
import type { Platform, SocketOption } from './platform.ts';

/** Throws where the platform has no such option. */
export function optionNumbers(
  platform: Platform,
  option: SocketOption,
): readonly [level: number, option: number] {
  const numbers = platform.options[option];
  if (numbers === null) throw new Error(`The socket option ${option} does not exist on ${platform.name}.`);
  return numbers;
}

/** Time limits are in milliseconds; SO_LINGER is switched on, in its platform's unit of time; other values are C integers. */
export function optionValue({ name, timeval }: Platform, option: SocketOption, value: number): Uint8Array {
  if ((option === 'SO_RCVTIMEO' || option === 'SO_SNDTIMEO') && timeval !== null) {
    const bytes = new Uint8Array(timeval.size);
    const view = new DataView(bytes.buffer);
    view.setBigInt64(0, BigInt(Math.floor(value / 1000)), true);
    view.setUint32(timeval.microseconds.at, (value % 1000) * 1000, true);
    return bytes;
  }
  // `struct linger` has two int, and on Windows two u_short: on or off, and how long.
  if (option === 'SO_LINGER')
    return new Uint8Array(
      name === 'win32' ? Uint16Array.of(1, value).buffer : Int32Array.of(1, value).buffer,
    );
  return new Uint8Array(Int32Array.of(value).buffer);
}
