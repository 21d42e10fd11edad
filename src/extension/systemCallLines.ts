/** Where Spark's own source issues its system calls, below the extension's folder. */
export const systemCallSource = 'src/sockets/libc.ts';

/** A system call that users can break on. */
export interface BreakableCall {
  /** As in `man 2`. */
  readonly name: string;
  /** Names of its C library functions where they differ from `name`, Linux's first. */
  readonly functions?: readonly string[];
  /** The platforms that have it; absent for all. */
  readonly platforms?: readonly NodeJS.Platform[];
}

/** In the order of a connection's life; then those that wait for several sockets at once. */
export const breakableCalls: readonly BreakableCall[] = [
  { name: 'socket' },
  { name: 'setsockopt' },
  { name: 'bind' },
  { name: 'getsockname' },
  { name: 'listen' },
  { name: 'accept', functions: ['accept4', 'accept'] },
  { name: 'recv' },
  { name: 'send' },
  { name: 'writev', platforms: ['linux', 'darwin'] },
  { name: 'sendfile', functions: ['sendfile', 'sendfileBsd'], platforms: ['linux', 'darwin'] },
  { name: 'shutdown' },
  { name: 'close' },
  { name: 'poll' },
  { name: 'epoll_create1', platforms: ['linux'] },
  { name: 'epoll_ctl', platforms: ['linux'] },
  { name: 'epoll_wait', platforms: ['linux'] },
  { name: 'kqueue', platforms: ['darwin'] },
  { name: 'kevent', platforms: ['darwin'] },
];

/** The calls that a platform has. */
export function callsOf(platform: NodeJS.Platform): readonly BreakableCall[] {
  return breakableCalls.filter(({ platforms }) => platforms === undefined || platforms.includes(platform));
}

/**
 * The lines on which a call is issued, counted from 0: where the source says `this.native.` and its name. That is so in
 * one place of the source, whatever model runs.
 */
export function linesOf(
  source: string,
  { name, functions }: BreakableCall,
  platform: NodeJS.Platform,
): number[] {
  const [first, ...others] = functions ?? [name];
  const called = platform === 'linux' || others.length === 0 ? first : others[0];
  const issued = new RegExp(`\\bthis\\.native\\.${called}\\(`);
  return source.split('\n').flatMap((line, index) => (issued.test(line) ? [index] : []));
}
