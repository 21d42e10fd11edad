import { isIPv4, isIPv6 } from 'node:net';
import type { Direction, Endpoint } from '../protocol/capture.ts';

/** Bytes that an IPv4 packet can carry behind 20 bytes of IP and 20 of TCP header: its length has 16 bits. */
export const mostPayload = 65_495;

const tcpProtocol = 6;
const noFlags = 0;

/** RFC 9293 section 3.1. */
export const tcpFlags = { fin: 0x01, syn: 0x02, psh: 0x08, ack: 0x10 } as const;

/** A TCP segment that is to become a packet. */
export interface Segment {
  readonly from: Direction;
  /** Modulo 2^32. */
  readonly sequence: number;
  readonly acknowledged: number;
  readonly flags: number;
  /** Null: these bytes were not kept. */
  readonly payload: Uint8Array | null;
  /** Bytes of payload, kept or not. */
  readonly length: number;
}

/** Makes the packets between two endpoints: RFC 791 or RFC 8200, and RFC 9293. */
export class PacketMaker {
  private readonly client: Uint8Array;
  private readonly server: Uint8Array;
  private readonly clientPort: number;
  private readonly serverPort: number;

  constructor(peer: Endpoint, local: Endpoint) {
    const [client, server] = [addressBytes(peer.address), addressBytes(local.address)];
    const same = client.length === server.length;
    this.client = same ? client : mapped(client);
    this.server = same ? server : mapped(server);
    this.clientPort = peer.port;
    this.serverPort = local.port;
  }

  /** The packet as far as it was kept, and how long it was. */
  packet(segment: Segment): { bytes: Uint8Array; length: number } {
    const fromClient = segment.from === 'received';
    const source = fromClient ? this.client : this.server;
    const target = fromClient ? this.server : this.client;
    const payload = segment.payload ?? new Uint8Array(0);
    const ipLength = source.length === 4 ? 20 : 40;
    const bytes = new Uint8Array(ipLength + 20 + payload.length);
    const view = new DataView(bytes.buffer);
    const tcpLength = 20 + segment.length;
    if (ipLength === 20) ipv4Header(view, bytes, source, target, tcpLength);
    else ipv6Header(view, bytes, source, target, tcpLength);
    const at = ipLength;
    view.setUint16(at, fromClient ? this.clientPort : this.serverPort);
    view.setUint16(at + 2, fromClient ? this.serverPort : this.clientPort);
    view.setUint32(at + 4, segment.sequence);
    view.setUint32(at + 8, (segment.flags & tcpFlags.ack) === noFlags ? 0 : segment.acknowledged);
    bytes[at + 12] = 5 << 4;
    bytes[at + 13] = segment.flags;
    view.setUint16(at + 14, 65_535);
    bytes.set(payload, at + 20);
    // Without all of the payload, the checksum is unknown: it stays 0.
    if (payload.length === segment.length) {
      view.setUint16(at + 16, checksum([source, target, pseudoHeader(tcpLength), bytes.subarray(at)]));
    }
    return { bytes, length: ipLength + tcpLength };
  }
}

function ipv4Header(
  view: DataView,
  bytes: Uint8Array,
  source: Uint8Array,
  target: Uint8Array,
  tcpLength: number,
): void {
  bytes[0] = 0x45;
  view.setUint16(2, 20 + tcpLength);
  view.setUint16(6, 0x4000);
  bytes[8] = 64;
  bytes[9] = tcpProtocol;
  bytes.set(source, 12);
  bytes.set(target, 16);
  view.setUint16(10, checksum([bytes.subarray(0, 20)]));
}

function ipv6Header(
  view: DataView,
  bytes: Uint8Array,
  source: Uint8Array,
  target: Uint8Array,
  tcpLength: number,
): void {
  bytes[0] = 0x60;
  view.setUint16(4, tcpLength);
  bytes[6] = tcpProtocol;
  bytes[7] = 64;
  bytes.set(source, 8);
  bytes.set(target, 24);
}

function pseudoHeader(tcpLength: number): Uint8Array {
  return Uint8Array.of(0, tcpProtocol, tcpLength >> 8, tcpLength & 0xff);
}

/** The ones' complement sum of RFC 1071. Every part but the last has an even length. */
function checksum(parts: readonly Uint8Array[]): number {
  let sum = 0;
  for (const part of parts) {
    for (let i = 0; i < part.length; i += 2) sum += (part[i] << 8) | (part[i + 1] ?? 0);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}

/** An address that is not known is the loopback one. */
function addressBytes(address: string): Uint8Array {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (isIPv4(plain)) return Uint8Array.from(plain.split('.'), Number);
  if (!isIPv6(plain)) return Uint8Array.of(127, 0, 0, 1);
  // The URL parser writes out an IPv4 tail as two groups.
  const [before, after] = new URL(`http://[${plain}]/`).hostname.slice(1, -1).split('::');
  const groups = (text: string | undefined) =>
    text ? text.split(':').map((group) => Number.parseInt(group, 16)) : [];
  const [head, tail] = [groups(before), groups(after)];
  const all = [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => 0), ...tail];
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}

function mapped(address: Uint8Array): Uint8Array {
  return address.length === 16
    ? address
    : Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...address);
}
