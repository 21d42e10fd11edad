import type { CapturedPacket } from './importBlocks.ts';

/** A TCP segment of a captured packet (RFC 9293 section 3.1). */
export interface CapturedSegment {
  /** Addresses as text, for people and as keys. */
  readonly source: string;
  readonly target: string;
  readonly sourcePort: number;
  readonly targetPort: number;
  readonly sequence: number;
  readonly isSyn: boolean;
  readonly isAck: boolean;
  readonly isFin: boolean;
  readonly isReset: boolean;
  /** As far as it was captured; a view of the file. */
  readonly payload: Uint8Array;
  /** Bytes of payload, captured or not. */
  readonly length: number;
}

const tcp = 6;
const ethernetTypes = { ipv4: 0x0800, ipv6: 0x86dd, vlan: [0x8100, 0x88a8] } as const;

/** Null where the packet has none, is a fragment, or is of a kind that is not known. */
export function segmentOf({ linkType, bytes, length }: CapturedPacket): CapturedSegment | null {
  const start = networkStart(linkType, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  if (start === null || start >= bytes.length) return null;
  const packet = bytes.subarray(start);
  const wire = length - start;
  switch (packet[0] >> 4) {
    case 4:
      return ipv4Segment(packet, wire);
    case 6:
      return ipv6Segment(packet, wire);
    default:
      return null;
  }
}

/** Where the IP header begins, by link type (https://www.tcpdump.org/linktypes.html). */
function networkStart(linkType: number, view: DataView): number | null {
  switch (linkType) {
    case 0: // LINKTYPE_NULL
    case 108: // LINKTYPE_LOOP
      return 4;
    case 1: // LINKTYPE_ETHERNET
      return ethernetStart(view);
    case 12: // LINKTYPE_RAW, as some systems have it
    case 101: // LINKTYPE_RAW
    case 228: // LINKTYPE_IPV4
    case 229: // LINKTYPE_IPV6
      return 0;
    case 113: // LINKTYPE_LINUX_SLL
      return 16;
    case 276: // LINKTYPE_LINUX_SLL2
      return 20;
    default:
      return null;
  }
}

function ethernetStart(view: DataView): number | null {
  let at = 12;
  for (let tags = 0; tags < 3 && at + 2 <= view.byteLength; tags++) {
    const type = view.getUint16(at);
    if (type === ethernetTypes.ipv4 || type === ethernetTypes.ipv6) return at + 2;
    if (!ethernetTypes.vlan.some((one) => one === type)) return null;
    at += 4;
  }
  return null;
}

/** RFC 791. `wire`: bytes of the packet on the wire. */
function ipv4Segment(packet: Uint8Array, wire: number): CapturedSegment | null {
  if (packet.length < 20) return null;
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  const header = (packet[0] & 0x0f) * 4;
  const isFragment = (view.getUint16(6) & 0x3fff) !== 0;
  if (header < 20 || packet[9] !== tcp || isFragment) return null;
  // A card that cuts the packets itself is given longer ones, with a length of 0.
  const total = view.getUint16(2) || wire;
  const address = (at: number) => packet.subarray(at, at + 4).join('.');
  return tcpSegment(packet, header, total, address(12), address(16));
}

/** RFC 8200. */
function ipv6Segment(packet: Uint8Array, wire: number): CapturedSegment | null {
  if (packet.length < 40) return null;
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  const payload = view.getUint16(4);
  const total = payload === 0 ? wire : 40 + payload;
  const address = (at: number) =>
    Array.from({ length: 8 }, (_, i) => view.getUint16(at + 2 * i).toString(16)).join(':');
  let next = packet[6];
  let at = 40;
  // Hop-by-hop options, routing, destination options.
  for (let headers = 0; [0, 43, 60].includes(next) && headers < 8; headers++) {
    if (at + 2 > packet.length) return null;
    next = packet[at];
    at += (packet[at + 1] + 1) * 8;
  }
  return next === tcp ? tcpSegment(packet, at, total, shortened(address(8)), shortened(address(24))) : null;
}

/** RFC 5952 section 4.2: the longest run of zero groups as two colons. */
function shortened(address: string): string {
  return new URL(`http://[${address}]/`).hostname.slice(1, -1);
}

/** `at`: where the TCP header begins; `total`: where the packet ended on the wire. */
function tcpSegment(
  packet: Uint8Array,
  at: number,
  total: number,
  source: string,
  target: string,
): CapturedSegment | null {
  if (at + 20 > packet.length) return null;
  const view = new DataView(packet.buffer, packet.byteOffset + at, packet.byteLength - at);
  const start = at + (view.getUint8(12) >> 4) * 4;
  if (start < at + 20 || start > total) return null;
  const flags = view.getUint8(13);
  return {
    source,
    target,
    sourcePort: view.getUint16(0),
    targetPort: view.getUint16(2),
    sequence: view.getUint32(4),
    isFin: (flags & 0x01) !== 0,
    isSyn: (flags & 0x02) !== 0,
    isReset: (flags & 0x04) !== 0,
    isAck: (flags & 0x10) !== 0,
    payload: packet.subarray(start, Math.min(packet.length, total)),
    length: total - start,
  };
}
