import { addressBytes, familyOf } from './sockaddr.ts';
import { SystemCallError } from './systemCallError.ts';
import { type SystemCalls, wouldBlock } from './systemCalls.ts';
import type { SocketAddress, UnreadByPeer } from './transport.ts';

// Of <linux/netlink.h>, <linux/sock_diag.h> and <linux/inet_diag.h>; numbers in the machine's order, little-endian.
const headerBytes = 16;
const SOCK_DIAG_BY_FAMILY = 20;
const NLM_F_REQUEST = 1;
const IPPROTO_TCP = 6;
const INET_DIAG_INFO = 2;
const families = { AF_INET: 2, AF_INET6: 10 } as const;
/** `struct inet_diag_req_v2` after the header, and the `struct inet_diag_sockid` at its end. */
const request = {
  bytes: headerBytes + 56,
  family: 16,
  protocol: 17,
  extensions: 18,
  states: 20,
  id: 24,
} as const;
/** In `struct inet_diag_sockid`. Ports and addresses are in the order of the wire. */
const id = { localPort: 0, remotePort: 2, local: 4, remote: 20, cookie: 40 } as const;
/** `struct inet_diag_msg` after the header, and the attributes after it. */
const answer = { id: 20, receiveQueue: 72, attributes: 88 } as const;
/** `tcpi_bytes_received` in `struct tcp_info`. */
const bytesReceivedAt = 128;
/** An answer has some 400 bytes. */
const answerBytes = 4096;

/** What the kernel says of a TCP socket. */
export interface SocketState {
  /** All the bytes that have come in. */
  readonly received: number;
  /** Those of them that its program has not read. */
  readonly unread: number;
}

/**
 * Asks the kernel how far the program at the other end of a connection has read; Linux.
 *
 * @param sent all bytes that were sent on the connection. Those that arrive while this looks are counted twice, or not at
 * all; so 0 is believed only when it is said twice.
 */
export function unreadByPeer(
  calls: SystemCalls,
  local: SocketAddress,
  peer: SocketAddress,
  sent: number,
): UnreadByPeer {
  // There, sendfile reads the file into memory of its own (xnu, bsd/kern/uipc_syscalls.c).
  if (calls.platform.name === 'darwin') return 0;
  const unread = (): UnreadByPeer => {
    const state = socketState(calls, peer, local);
    return typeof state === 'string' ? state : sent - state.received + state.unread;
  };
  const first = unread();
  return first === 0 ? unread() : first;
}

/** Asks about one end of a connection (`man 7 sock_diag`). */
function socketState(
  calls: SystemCalls,
  local: SocketAddress,
  remote: SocketAddress,
): SocketState | 'absent' | 'unknown' {
  try {
    const socket = calls.sockDiag();
    try {
      calls.send(socket, encodeQuestion(local, remote));
      const bytes = new Uint8Array(answerBytes);
      const count = calls.recv(socket, bytes);
      return count === wouldBlock ? 'unknown' : decodeAnswer(bytes.subarray(0, count), remote);
    } finally {
      calls.close(socket);
    }
  } catch (error) {
    // No descriptor is left, or this kernel was made without it.
    if (error instanceof SystemCallError) return 'unknown';
    throw error;
  }
}

/** The message that asks for the TCP socket with these two ends, its `tcp_info` included. */
export function encodeQuestion(local: SocketAddress, remote: SocketAddress): Uint8Array {
  const bytes = new Uint8Array(request.bytes);
  const view = new DataView(bytes.buffer);
  const [from, to] = [unmapped(local.address), unmapped(remote.address)];
  view.setUint32(0, request.bytes, true);
  view.setUint16(4, SOCK_DIAG_BY_FAMILY, true);
  view.setUint16(6, NLM_F_REQUEST, true);
  view.setUint8(request.family, families[familyOf(from)]);
  view.setUint8(request.protocol, IPPROTO_TCP);
  view.setUint8(request.extensions, 1 << (INET_DIAG_INFO - 1));
  view.setUint32(request.states, 0xffffffff, true);
  view.setUint16(request.id + id.localPort, local.port);
  view.setUint16(request.id + id.remotePort, remote.port);
  bytes.set(addressBytes(from), request.id + id.local);
  bytes.set(addressBytes(to), request.id + id.remote);
  // INET_DIAG_NOCOOKIE: whichever socket it is.
  bytes.fill(0xff, request.id + id.cookie, request.bytes);
  return bytes;
}

/**
 * Absent: it is an error, as ENOENT; or another socket, for who listens on the port is named in place of who is not there;
 * or what remains of a closed one.
 */
export function decodeAnswer(bytes: Uint8Array, remote: SocketAddress): SocketState | 'absent' {
  if (bytes.length < answer.attributes) return 'absent';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint16(4, true) !== SOCK_DIAG_BY_FAMILY) return 'absent';
  if (view.getUint16(answer.id + id.remotePort) !== remote.port) return 'absent';
  const info = attribute(view, INET_DIAG_INFO);
  if (info === null || info.byteLength < bytesReceivedAt + 8) return 'absent';
  return {
    received: Number(info.getBigUint64(bytesReceivedAt, true)),
    unread: view.getUint32(answer.receiveQueue, true),
  };
}

/** The content of a `struct nlattr`. */
function attribute(message: DataView, type: number): DataView | null {
  for (let at: number = answer.attributes; at + 4 <= message.byteLength; ) {
    const length = message.getUint16(at, true);
    if (length < 4 || at + length > message.byteLength) return null;
    if (message.getUint16(at + 2, true) === type)
      return new DataView(message.buffer, message.byteOffset + at + 4, length - 4);
    // Each begins at a multiple of 4.
    at += (length + 3) & ~3;
  }
  return null;
}

/** A listener for both families sees IPv4 as a part of IPv6 (RFC 4291 section 2.5.5.2); the client's socket does not. */
function unmapped(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice('::ffff:'.length) : address;
}
