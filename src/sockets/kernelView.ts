import { readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import { ipv6Text } from './sockaddr.ts';
import type { SocketAddress } from './transport.ts';

/** A TCP socket as the kernel shows it (`man 5 proc`, /proc/net/tcp). */
export interface KernelSocket {
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  /** LISTEN, ESTABLISHED, TIME_WAIT, ... */
  readonly state: string;
  /** Bytes sent that the peer has not acknowledged. */
  readonly sendQueue: number;
  /** Bytes received that the program has not read; of a listening socket, connections that wait to be accepted. */
  readonly receiveQueue: number;
  readonly inode: number;
}

/** Numbers as in the kernel's <net/tcp_states.h>. */
const states: readonly string[] = [
  '',
  'ESTABLISHED',
  'SYN_SENT',
  'SYN_RECV',
  'FIN_WAIT1',
  'FIN_WAIT2',
  'TIME_WAIT',
  'CLOSE',
  'CLOSE_WAIT',
  'LAST_ACK',
  'LISTEN',
  'CLOSING',
  'NEW_SYN_RECV',
];

/** All TCP sockets of this machine as they are now; null where the system does not show them. */
export async function readKernelSockets(): Promise<readonly KernelSocket[] | null> {
  if (process.platform !== 'linux') return null;
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readFile(file, 'latin1').catch(() => null)),
  );
  if (tables.every((table) => table === null)) return null;
  return tables.flatMap((table) => parseTcpTable(table ?? ''));
}

/** Reads the text of /proc/net/tcp or /proc/net/tcp6. */
export function parseTcpTable(table: string): KernelSocket[] {
  return table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, local, remote, state, queues, , , , , inode] = line.trim().split(/\s+/);
      if (inode === undefined) return [];
      const [sendQueue, receiveQueue] = queues.split(':').map((number) => Number.parseInt(number, 16));
      return [
        {
          local: parseAddress(local),
          remote: parseAddress(remote),
          state: states[Number.parseInt(state, 16)] ?? state,
          sendQueue,
          receiveQueue,
          inode: Number(inode),
        },
      ];
    });
}

/** The socket that listens on an address, or on all addresses. */
export function listenerOn(
  sockets: readonly KernelSocket[],
  { address, port }: SocketAddress,
): KernelSocket | undefined {
  const listeners = sockets.filter(({ state, local }) => state === 'LISTEN' && local.port === port);
  return (
    listeners.find(({ local }) => sameAddress(local.address, address)) ??
    listeners.find(({ local }) => local.address === '0.0.0.0' || local.address === '::')
  );
}

/** The socket of a connection, as its own end sees it. */
export function connectionOf(
  sockets: readonly KernelSocket[],
  local: SocketAddress,
  peer: SocketAddress,
): KernelSocket | undefined {
  return sockets.find(
    (socket) =>
      socket.local.port === local.port &&
      socket.remote.port === peer.port &&
      sameAddress(socket.local.address, local.address) &&
      sameAddress(socket.remote.address, peer.address),
  );
}

/** A process that has a socket. */
export interface SocketOwner {
  readonly pid: number;
  /** Of its program. */
  readonly name: string;
  /** The program and its arguments, with a space between each; empty where it is not known. */
  readonly commandLine: string;
}

/** Which process has the socket; null where that cannot be seen, as of another user's. */
export async function ownerOf({ inode }: KernelSocket): Promise<SocketOwner | null> {
  const target = `socket:[${inode}]`;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const folder = `/proc/${pid}/fd`;
    // It may have ended, or be another user's.
    const descriptors = await readdir(folder).catch(() => []);
    for (const descriptor of descriptors) {
      const link = await readlink(`${folder}/${descriptor}`).catch(() => '');
      if (link !== target) continue;
      // What the process calls itself is at times the name of its first thread.
      const program = await readlink(`/proc/${pid}/exe`).catch(() =>
        readFile(`/proc/${pid}/comm`, 'utf8').catch(() => ''),
      );
      const args = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      return {
        pid: Number(pid),
        name: path.basename(program.trim()),
        commandLine: args.replaceAll('\0', ' ').trim(),
      };
    }
  }
  return null;
}

/** The address is in words of 32 bits, each in the machine's byte order; the port is not. */
function parseAddress(text: string): SocketAddress {
  const [hexadecimal, port] = text.split(':');
  const bytes = Buffer.from(hexadecimal, 'hex').swap32();
  const address = bytes.length === 4 ? bytes.join('.') : ipv6Text(bytes);
  return { address, port: Number.parseInt(port, 16) };
}

/** An IPv6 socket may have an IPv4 peer. */
function sameAddress(one: string, other: string): boolean {
  return one.replace('::ffff:', '') === other.replace('::ffff:', '');
}
