import {
  AF_NETLINK,
  EPOLLERR,
  EPOLLHUP,
  EPOLLIN,
  EPOLLOUT,
  EPOLLRDHUP,
  epollOperations,
  errorName,
  F_GETFD,
  F_GETFL,
  F_SETFD,
  F_SETFL,
  NETLINK_SOCK_DIAG,
  type Platform,
  POLLERR,
  POLLHUP,
  SOCK_DGRAM,
  shutdownWays,
} from './platform.ts';
import type { TracedCall } from './tracedCall.ts';

/** Bytes that `recv` and `send` show of what they carry, as in `strace`. */
export const previewBytes = 32;

/** The call as C would say it, with what it returned: `recv(22, 65536, 0) = 78`. Numbers are shown by their names. */
export function callText(call: TracedCall, platform: Platform): string {
  return `${invocationText(call, platform)} = ${resultText(call, platform)}`;
}

/** The call without what it returned: `recv(22, 65536, 0)`. */
export function invocationText(call: TracedCall, platform: Platform): string {
  return `${nameOf(call)}(${argumentsOf(call, platform).join(', ')})`;
}

/** A line in the style of `strace -f -tt -T`: thread, time of day, call, result, seconds. */
export function traceLine(call: TracedCall, platform: Platform): string {
  const time = new Date(call.startedAt).toISOString().slice(11, 23);
  const microseconds = String(Math.floor(call.startedAt * 1000) % 1000).padStart(3, '0');
  const folded = call.count > 1 ? ` (${call.count} times)` : '';
  const seconds = (call.duration / 1000).toFixed(6);
  return `[pid ${call.thread}] ${time}${microseconds} ${callText(call, platform)} <${seconds}>${folded}`;
}

function nameOf({ name }: TracedCall): string {
  return name === 'sendfileBsd' ? 'sendfile' : name;
}

/** What the call returned, with the name of the error where it failed: `-1 EAGAIN`. */
export function resultText({ result, errno, name }: TracedCall, platform: Platform): string {
  if (result >= 0) return name === 'fcntl' && result > 9 ? `0x${result.toString(16)}` : String(result);
  return `-1 ${errorName(platform, errno)}`;
}

function argumentsOf(call: TracedCall, platform: Platform): readonly (string | number)[] {
  const { descriptor, first, second, third, detail } = call;
  switch (call.name) {
    case 'socket':
      return [
        familyName(platform, first),
        socketFlags(platform, second),
        first === AF_NETLINK && third === NETLINK_SOCK_DIAG ? 'NETLINK_SOCK_DIAG' : third,
      ];
    case 'setsockopt':
      return [descriptor, ...optionNames(platform, first, second), detail || `[${third}]`];
    case 'getsockopt':
      return [descriptor, ...optionNames(platform, first, second), `[${third}]`];
    case 'bind':
    case 'getsockname':
    case 'getpeername':
    case 'accept':
      return [descriptor, detail || 'NULL'];
    case 'accept4':
      return [descriptor, detail || 'NULL', socketFlags(platform, first)];
    case 'listen':
    case 'kqueue':
      return call.name === 'listen' ? [descriptor, first] : [];
    case 'recv':
    case 'send':
      return [descriptor, ...quoted(detail, call), first, messageFlags(platform, second)];
    case 'writev':
      return [
        descriptor,
        first > 2 ? `[${second} bytes, ...]` : `[${second} bytes, ${third - second} bytes]`,
        first,
      ];
    case 'sendfile':
    case 'sendfileBsd':
      return [descriptor, first, `[${second}]`, third];
    case 'shutdown':
      return [descriptor, keyOf(shutdownWays, first)];
    case 'close':
      return [descriptor];
    case 'fcntl':
      return [
        descriptor,
        fcntlCommands[first] ?? first,
        ...(first === F_GETFL || first === F_GETFD ? [] : [`0x${second.toString(16)}`]),
      ];
    case 'ioctlsocket':
      return [descriptor, first, second];
    case 'poll':
      return [pollText(call, platform), first, second];
    case 'epoll_create1':
      return ['EPOLL_CLOEXEC'];
    case 'epoll_ctl':
      return [descriptor, keyOf(epollOperations, first), second, `{events=${epollNames(third)}}`];
    case 'epoll_wait':
      return [descriptor, readyText(call), first, second];
    case 'eventfd':
      return [first, 'EFD_CLOEXEC|EFD_NONBLOCK'];
    case 'read':
    case 'write':
      return [descriptor, first];
    case 'kevent':
      return [descriptor, first, second];
  }
}

const fcntlCommands: Readonly<Record<number, string>> = {
  [F_GETFD]: 'F_GETFD',
  [F_SETFD]: 'F_SETFD',
  [F_GETFL]: 'F_GETFL',
  [F_SETFL]: 'F_SETFL',
};

function keyOf(values: Readonly<Record<string, number>>, value: number): string {
  return Object.keys(values).find((key) => values[key] === value) ?? String(value);
}

function familyName({ families }: Platform, family: number): string {
  return family === AF_NETLINK ? 'AF_NETLINK' : keyOf(families, family);
}

function socketFlags({ SOCK_STREAM, SOCK_CLOEXEC, SOCK_NONBLOCK }: Platform, value: number): string {
  return flagNames(value, [
    ['SOCK_STREAM', SOCK_STREAM],
    ['SOCK_DGRAM', SOCK_DGRAM],
    ['SOCK_CLOEXEC', SOCK_CLOEXEC ?? 0],
    ['SOCK_NONBLOCK', SOCK_NONBLOCK ?? 0],
  ]);
}

function messageFlags({ MSG_NOSIGNAL }: Platform, value: number): string {
  return flagNames(value, [['MSG_NOSIGNAL', MSG_NOSIGNAL ?? 0]]);
}

function flagNames(value: number, flags: readonly (readonly [name: string, bit: number])[]): string {
  const names: string[] = [];
  let rest = value;
  for (const [name, bit] of flags) {
    if (bit === 0 || (rest & bit) !== bit) continue;
    names.push(name);
    rest &= ~bit;
  }
  if (rest !== 0) names.push(`0x${rest.toString(16)}`);
  return names.join('|') || '0';
}

function optionNames({ options }: Platform, level: number, option: number): readonly [string, string] {
  for (const [name, numbers] of Object.entries(options)) {
    if (numbers === null || numbers[0] !== level || numbers[1] !== option) continue;
    if (name.startsWith('TCP_')) return ['SOL_TCP', name];
    return [name.startsWith('IPV6_') ? 'SOL_IPV6' : 'SOL_SOCKET', name];
  }
  return [String(level), String(option)];
}

function epollNames(events: number): string {
  return flagNames(events, [
    ['EPOLLIN', EPOLLIN],
    ['EPOLLOUT', EPOLLOUT],
    ['EPOLLRDHUP', EPOLLRDHUP],
    ['EPOLLERR', EPOLLERR],
    ['EPOLLHUP', EPOLLHUP],
  ]);
}

function readyText({ result, third }: TracedCall): string {
  if (result <= 0) return '[]';
  const more = result > 1 ? `, ... ${result - 1} more` : '';
  return `[{events=${epollNames(third % 65_536)}, data=${Math.floor(third / 65_536)}}${more}]`;
}

function pollText({ descriptor, first, third, detail, result }: TracedCall, platform: Platform): string {
  if (first !== 1) return `[${first} descriptors]`;
  const names = (events: number): string =>
    flagNames(events, [
      ['POLLIN', platform.POLLIN],
      ['POLLOUT', platform.POLLOUT],
      ['POLLERR', POLLERR],
      ['POLLHUP', POLLHUP],
    ]);
  const found = result > 0 ? `, revents=${names(third)}` : '';
  return `[{fd=${descriptor}, events=${names(Number(detail))}${found}}]`;
}

/** What was carried is quoted as C would write it: it comes from the wire. */
function quoted(text: string, { name, first, result }: TracedCall): string[] {
  if (text === '') return [];
  const carried = name === 'recv' ? result : first;
  const escaped = text.replace(
    /[^ !#-[\]-~]/g,
    (character) => escapes[character] ?? `\\${character.charCodeAt(0).toString(8)}`,
  );
  return [`"${escaped}"${carried > text.length ? '...' : ''}`];
}

const escapes: Readonly<Record<string, string>> = {
  '\r': '\\r',
  '\n': '\\n',
  '\t': '\\t',
  '"': '\\"',
  '\\': '\\\\',
};
