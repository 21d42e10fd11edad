/**
 * What the C library's sockets look like on each platform: the numbers behind the names of `man 2`, and where the
 * fields of its structures lie. Data only, all for 64 bits and little-endian. Sources: the platforms' own headers.
 */
export type PlatformName = 'linux' | 'darwin' | 'win32';
export type AddressFamily = 'AF_INET' | 'AF_INET6';
export type SocketOption =
  | 'SO_REUSEADDR'
  | 'SO_EXCLUSIVEADDRUSE'
  | 'SO_ERROR'
  | 'SO_LINGER'
  | 'SO_RCVBUF'
  | 'SO_SNDBUF'
  | 'SO_RCVTIMEO'
  | 'SO_SNDTIMEO'
  | 'SO_NOSIGPIPE'
  | 'TCP_NODELAY'
  | 'IPV6_V6ONLY';

/** Where a field lies in its structure, and its size, in bytes. */
export interface Field {
  readonly at: number;
  readonly bytes: number;
}

export interface SockaddrLayout {
  readonly size: number;
  /** The structure's own size, where the platform wants it said (BSD). */
  readonly length: Field | null;
  readonly family: Field;
  /** Big-endian, as on the wire. */
  readonly port: Field;
  readonly address: Field;
}

export interface PollfdLayout {
  readonly size: number;
  readonly fd: Field;
  readonly events: Field;
  readonly revents: Field;
}

export interface Platform {
  readonly name: PlatformName;
  /** Libraries that hold the calls: the first that loads is taken. */
  readonly libraries: readonly string[];
  readonly families: Readonly<Record<AddressFamily, number>>;
  readonly SOCK_STREAM: number;
  /** Flags for `socket` and `accept4`; null where they do not exist, and `fcntl` does it. */
  readonly SOCK_CLOEXEC: number | null;
  readonly SOCK_NONBLOCK: number | null;
  readonly O_NONBLOCK: number;
  /** Null where `send` has no such flag. */
  readonly MSG_NOSIGNAL: number | null;
  /** Level and number of each option; null where it does not exist. */
  readonly options: Readonly<Record<SocketOption, readonly [level: number, option: number] | null>>;
  /** Size of a `struct timeval` and of its microseconds; null where a time limit is a count of milliseconds. */
  readonly timeval: { readonly size: number; readonly microseconds: Field } | null;
  readonly sockaddr: Readonly<Record<AddressFamily, SockaddrLayout>>;
  readonly pollfd: PollfdLayout;
  readonly POLLIN: number;
  readonly POLLOUT: number;
  /** Names of the error numbers that sockets know. */
  readonly errors: Readonly<Record<number, string>>;
}

export const F_GETFD = 1;
export const F_SETFD = 2;
export const F_GETFL = 3;
export const F_SETFL = 4;
export const FD_CLOEXEC = 1;
export const POLLERR = 8;
export const POLLHUP = 16;
export const EPOLLIN = 1;
export const EPOLLOUT = 4;
export const EPOLLERR = 8;
export const EPOLLHUP = 16;
export const EPOLLRDHUP = 0x2000;
/** Linux, <linux/netlink.h>. */
export const AF_NETLINK = 16;
export const SOCK_DGRAM = 2;
export const NETLINK_SOCK_DIAG = 4;
export const epollOperations = { EPOLL_CTL_ADD: 1, EPOLL_CTL_DEL: 2, EPOLL_CTL_MOD: 3 } as const;
export const shutdownWays = { SHUT_RD: 0, SHUT_WR: 1, SHUT_RDWR: 2 } as const;

/** `struct epoll_event` is packed on x64 alone (`__EPOLL_PACKED`). */
export function epollEventLayout(architecture: string): {
  readonly size: number;
  readonly events: Field;
  readonly data: Field;
} {
  const data = architecture === 'x64' ? 4 : 8;
  return { size: data + 8, events: { at: 0, bytes: 4 }, data: { at: data, bytes: 8 } };
}

/** macOS, <sys/event.h>. */
export const kevent = {
  size: 32,
  ident: { at: 0, bytes: 8 },
  filter: { at: 8, bytes: 2 },
  flags: { at: 10, bytes: 2 },
  data: { at: 16, bytes: 8 },
  EVFILT_READ: -1,
  EVFILT_WRITE: -2,
  EV_ADD: 1,
  EV_DELETE: 2,
  EV_EOF: 0x8000,
} as const;

function sockaddr(size: number, address: Field, bsd: boolean): SockaddrLayout {
  return {
    size,
    length: bsd ? { at: 0, bytes: 1 } : null,
    family: bsd ? { at: 1, bytes: 1 } : { at: 0, bytes: 2 },
    port: { at: 2, bytes: 2 },
    address,
  };
}

function sockaddrs(bsd: boolean): Platform['sockaddr'] {
  return {
    AF_INET: sockaddr(16, { at: 4, bytes: 4 }, bsd),
    AF_INET6: sockaddr(28, { at: 8, bytes: 16 }, bsd),
  };
}

const unixPollfd: PollfdLayout = {
  size: 8,
  fd: { at: 0, bytes: 4 },
  events: { at: 4, bytes: 2 },
  revents: { at: 6, bytes: 2 },
};

const SOL_TCP = 6;
const SOL_IPV6 = 41;

const linux: Platform = {
  name: 'linux',
  libraries: ['libc.so.6', 'libc.musl-x86_64.so.1', 'libc.musl-aarch64.so.1'],
  families: { AF_INET: 2, AF_INET6: 10 },
  SOCK_STREAM: 1,
  SOCK_CLOEXEC: 0x80000,
  SOCK_NONBLOCK: 0x800,
  O_NONBLOCK: 0x800,
  MSG_NOSIGNAL: 0x4000,
  options: {
    SO_REUSEADDR: [1, 2],
    SO_EXCLUSIVEADDRUSE: null,
    SO_ERROR: [1, 4],
    SO_LINGER: [1, 13],
    SO_SNDBUF: [1, 7],
    SO_RCVBUF: [1, 8],
    SO_RCVTIMEO: [1, 20],
    SO_SNDTIMEO: [1, 21],
    SO_NOSIGPIPE: null,
    TCP_NODELAY: [SOL_TCP, 1],
    IPV6_V6ONLY: [SOL_IPV6, 26],
  },
  timeval: { size: 16, microseconds: { at: 8, bytes: 8 } },
  sockaddr: sockaddrs(false),
  pollfd: unixPollfd,
  POLLIN: 1,
  POLLOUT: 4,
  errors: {
    1: 'EPERM',
    4: 'EINTR',
    5: 'EIO',
    9: 'EBADF',
    11: 'EAGAIN',
    12: 'ENOMEM',
    13: 'EACCES',
    14: 'EFAULT',
    22: 'EINVAL',
    23: 'ENFILE',
    24: 'EMFILE',
    32: 'EPIPE',
    71: 'EPROTO',
    88: 'ENOTSOCK',
    92: 'ENOPROTOOPT',
    93: 'EPROTONOSUPPORT',
    95: 'EOPNOTSUPP',
    97: 'EAFNOSUPPORT',
    98: 'EADDRINUSE',
    99: 'EADDRNOTAVAIL',
    100: 'ENETDOWN',
    101: 'ENETUNREACH',
    103: 'ECONNABORTED',
    104: 'ECONNRESET',
    105: 'ENOBUFS',
    107: 'ENOTCONN',
    110: 'ETIMEDOUT',
    111: 'ECONNREFUSED',
    113: 'EHOSTUNREACH',
    115: 'EINPROGRESS',
  },
};

const darwin: Platform = {
  name: 'darwin',
  libraries: ['/usr/lib/libSystem.B.dylib'],
  families: { AF_INET: 2, AF_INET6: 30 },
  SOCK_STREAM: 1,
  SOCK_CLOEXEC: null,
  SOCK_NONBLOCK: null,
  O_NONBLOCK: 4,
  MSG_NOSIGNAL: null,
  options: {
    SO_REUSEADDR: [0xffff, 4],
    SO_EXCLUSIVEADDRUSE: null,
    SO_ERROR: [0xffff, 0x1007],
    SO_LINGER: [0xffff, 0x80],
    SO_SNDBUF: [0xffff, 0x1001],
    SO_RCVBUF: [0xffff, 0x1002],
    SO_RCVTIMEO: [0xffff, 0x1006],
    SO_SNDTIMEO: [0xffff, 0x1005],
    SO_NOSIGPIPE: [0xffff, 0x1022],
    TCP_NODELAY: [SOL_TCP, 1],
    IPV6_V6ONLY: [SOL_IPV6, 27],
  },
  timeval: { size: 16, microseconds: { at: 8, bytes: 4 } },
  sockaddr: sockaddrs(true),
  pollfd: unixPollfd,
  POLLIN: 1,
  POLLOUT: 4,
  errors: {
    1: 'EPERM',
    4: 'EINTR',
    5: 'EIO',
    9: 'EBADF',
    12: 'ENOMEM',
    13: 'EACCES',
    14: 'EFAULT',
    22: 'EINVAL',
    23: 'ENFILE',
    24: 'EMFILE',
    32: 'EPIPE',
    35: 'EAGAIN',
    36: 'EINPROGRESS',
    38: 'ENOTSOCK',
    42: 'ENOPROTOOPT',
    43: 'EPROTONOSUPPORT',
    47: 'EAFNOSUPPORT',
    48: 'EADDRINUSE',
    49: 'EADDRNOTAVAIL',
    50: 'ENETDOWN',
    51: 'ENETUNREACH',
    53: 'ECONNABORTED',
    54: 'ECONNRESET',
    55: 'ENOBUFS',
    57: 'ENOTCONN',
    60: 'ETIMEDOUT',
    61: 'ECONNREFUSED',
    65: 'EHOSTUNREACH',
    102: 'EOPNOTSUPP',
  },
};

/** Its numbers are Winsock's, without the WSA before the name. */
const win32: Platform = {
  name: 'win32',
  libraries: ['ws2_32.dll'],
  families: { AF_INET: 2, AF_INET6: 23 },
  SOCK_STREAM: 1,
  SOCK_CLOEXEC: null,
  SOCK_NONBLOCK: null,
  O_NONBLOCK: 0,
  MSG_NOSIGNAL: null,
  options: {
    SO_REUSEADDR: [0xffff, 4],
    // On Windows, SO_REUSEADDR would let this program take a port away from another.
    SO_EXCLUSIVEADDRUSE: [0xffff, -5],
    SO_ERROR: [0xffff, 0x1007],
    SO_LINGER: [0xffff, 0x80],
    SO_SNDBUF: [0xffff, 0x1001],
    SO_RCVBUF: [0xffff, 0x1002],
    SO_RCVTIMEO: [0xffff, 0x1006],
    SO_SNDTIMEO: [0xffff, 0x1005],
    SO_NOSIGPIPE: null,
    TCP_NODELAY: [SOL_TCP, 1],
    IPV6_V6ONLY: [SOL_IPV6, 27],
  },
  timeval: null,
  sockaddr: sockaddrs(false),
  pollfd: {
    size: 16,
    fd: { at: 0, bytes: 8 },
    events: { at: 8, bytes: 2 },
    revents: { at: 10, bytes: 2 },
  },
  POLLIN: 0x300,
  POLLOUT: 0x10,
  errors: {
    10004: 'EINTR',
    10009: 'EBADF',
    10013: 'EACCES',
    10014: 'EFAULT',
    10022: 'EINVAL',
    10024: 'EMFILE',
    10035: 'EAGAIN',
    10036: 'EINPROGRESS',
    10038: 'ENOTSOCK',
    10042: 'ENOPROTOOPT',
    10043: 'EPROTONOSUPPORT',
    10045: 'EOPNOTSUPP',
    10047: 'EAFNOSUPPORT',
    10048: 'EADDRINUSE',
    10049: 'EADDRNOTAVAIL',
    10050: 'ENETDOWN',
    10051: 'ENETUNREACH',
    10053: 'ECONNABORTED',
    10054: 'ECONNRESET',
    10055: 'ENOBUFS',
    10057: 'ENOTCONN',
    10060: 'ETIMEDOUT',
    10061: 'ECONNREFUSED',
    10065: 'EHOSTUNREACH',
  },
};

export const platforms: Readonly<Record<PlatformName, Platform>> = { linux, darwin, win32 };

/** errno's name, as EADDRINUSE; `E` and the number where the table has none. */
export function errorName(platform: Platform, errno: number): string {
  return platform.errors[errno] ?? `E${errno}`;
}
