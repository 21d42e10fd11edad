import type { AddressFamily, Platform, SockaddrLayout } from './platform.ts';
import type { SocketAddress } from './transport.ts';

/** Room for a socket address of any family. */
export const sockaddrBytes = 28;

/** The family of a numeric address. */
export function familyOf(address: string): AddressFamily {
  return address.includes(':') ? 'AF_INET6' : 'AF_INET';
}

/** Encodes a numeric address as a `struct sockaddr_in` or `sockaddr_in6`. Throws a RangeError where it is none. */
export function encodeSockaddr(platform: Platform, { address, port }: SocketAddress): Uint8Array {
  const family = familyOf(address);
  const layout = platform.sockaddr[family];
  const bytes = new Uint8Array(layout.size);
  const view = new DataView(bytes.buffer);
  if (layout.length !== null) bytes[layout.length.at] = layout.size;
  writeFamily(view, layout, platform.families[family]);
  view.setUint16(layout.port.at, port);
  bytes.set(addressBytes(address), layout.address.at);
  return bytes;
}

/** The bytes of a numeric address as on the wire: 4, or 16. Throws a RangeError where it is none. */
export function addressBytes(address: string): Uint8Array {
  return familyOf(address) === 'AF_INET' ? ipv4Bytes(address) : ipv6Bytes(address);
}

/** Null where the structure is of no family known here. */
export function decodeSockaddr(platform: Platform, bytes: Uint8Array): SocketAddress | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // The family lies at the same place for both.
  const number = readFamily(view, platform.sockaddr.AF_INET);
  for (const family of ['AF_INET', 'AF_INET6'] as const) {
    if (platform.families[family] !== number) continue;
    const layout = platform.sockaddr[family];
    const start = layout.address.at;
    const address = bytes.subarray(start, start + layout.address.bytes);
    return {
      address: family === 'AF_INET' ? address.join('.') : ipv6Text(address),
      port: view.getUint16(layout.port.at),
    };
  }
  return null;
}

function writeFamily(view: DataView, layout: SockaddrLayout, family: number): void {
  if (layout.family.bytes === 1) view.setUint8(layout.family.at, family);
  else view.setUint16(layout.family.at, family, true);
}

function readFamily(view: DataView, layout: SockaddrLayout): number {
  return layout.family.bytes === 1 ? view.getUint8(layout.family.at) : view.getUint16(layout.family.at, true);
}

function ipv4Bytes(address: string): Uint8Array {
  const parts = address.split('.').map((part) => (/^\d{1,3}$/.test(part) ? Number(part) : Number.NaN));
  if (parts.length !== 4 || !parts.every((part) => part <= 255)) throw notAnAddress(address);
  return Uint8Array.from(parts);
}

/** RFC 4291 section 2.2. A zone (`%eth0`) is not taken. */
function ipv6Bytes(address: string): Uint8Array {
  const halves = address.split('::');
  if (halves.length > 2) throw notAnAddress(address);
  const [before, after] = halves.map((half) => groups(half, address));
  const missing = 8 - before.length - (after?.length ?? 0);
  if (after === undefined ? missing !== 0 : missing < 1) throw notAnAddress(address);
  const all = [...before, ...new Array<number>(missing).fill(0), ...(after ?? [])];
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}

function groups(text: string, address: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group, i, all) => {
    if (i === all.length - 1 && group.includes('.')) {
      const [a, b, c, d] = ipv4Bytes(group);
      return [(a << 8) | b, (c << 8) | d];
    }
    if (!/^[\da-f]{1,4}$/i.test(group)) throw notAnAddress(address);
    return [Number.parseInt(group, 16)];
  });
}

/** The form that RFC 5952 recommends. */
export function ipv6Text(bytes: Uint8Array): string {
  const numbers = Array.from({ length: 8 }, (_, i) => (bytes[2 * i] << 8) | bytes[2 * i + 1]);
  if (numbers.slice(0, 5).every((group) => group === 0) && numbers[5] === 0xffff)
    return `::ffff:${bytes.subarray(12).join('.')}`;
  let start = -1;
  let length = 1;
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && numbers[end] === 0) end++;
    if (end - i > length) [start, length] = [i, end - i];
  }
  const hexadecimal = numbers.map((group) => group.toString(16));
  if (start < 0) return hexadecimal.join(':');
  return `${hexadecimal.slice(0, start).join(':')}::${hexadecimal.slice(start + length).join(':')}`;
}

function notAnAddress(address: string): RangeError {
  return new RangeError(`"${address}" is not a numeric IP address.`);
}
