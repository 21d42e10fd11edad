import type { FileSlice } from '../http/message.ts';
import type { UnreadByPeer } from '../sockets/transport.ts';

/** The last bytes of a slice, which always pass through this program: they are kept back if the file was changed. */
export const lastPiece = 64 * 1024;
/** Fewer bytes are not worth the wait. */
const leastShare = 1024 * 1024;
/** Bounds of the milliseconds between two looks at what a client has read. */
const shortestPause = 1;
const longestPause = 50;

/** Why a connection ends whose client has closed its socket meanwhile. */
export const closedEarly = 'The client closed the connection before it had read the answer.';

/** Whether a client has read what the kernel sent it of a file. */
export type Reading =
  | { readonly state: 'done' }
  /** `pause`: milliseconds to wait before the next look. `hasProgressed`: it has read some since the last one. */
  | { readonly state: 'underWay'; readonly pause: number; readonly hasProgressed: boolean }
  /** It has closed its socket. */
  | { readonly state: 'ended' };

/**
 * What of a file the kernel sends by itself (`sendfile`), for one connection. Such bytes are the file's own memory until
 * the client has read them, even in the client's socket where that is on the same machine, and change if somebody
 * writes to the file. So that no client takes a mixture for a whole answer, the last piece of a slice waits until the
 * client has read all before it; then the file is looked at, and the piece is sent, or never.
 */
export class KernelSending {
  private readonly unread: () => UnreadByPeer;
  /** Of the present slice: whether it can be known what the client has read; null until that was asked. */
  private isKnown: boolean | null = null;
  private hasSentSome = false;
  private leastUnread = Number.POSITIVE_INFINITY;
  private pause = shortestPause;

  /** `unread`: of all the bytes sent on the connection. */
  constructor(unread: () => UnreadByPeer) {
    this.unread = unread;
  }

  /**
   * How many bytes of a slice the kernel may send next; 0 = it is the program's turn.
   *
   * @param done bytes of the slice that are read or sent
   * @param heldAhead how many of the bytes that are sent next the recorder would hold on to
   */
  share({ file, length }: FileSlice, done: number, heldAhead: number): number {
    const rest = length - done - lastPiece;
    if (rest < (this.hasSentSome ? 1 : leastShare) || heldAhead > 0 || !file.leftAlone) return 0;
    this.isKnown ??= typeof this.unread() === 'number';
    return this.isKnown ? rest : 0;
  }

  /** The kernel has sent some of the slice. */
  sent(): void {
    this.hasSentSome = true;
  }

  get hasSent(): boolean {
    return this.hasSentSome;
  }

  /** To be asked before the last piece of a slice, when the kernel has taken all before it. */
  reading(): Reading {
    const unread = this.hasSentSome ? this.unread() : 0;
    if (unread === 0) return { state: 'done' };
    if (unread === 'absent') return { state: 'ended' };
    const before = this.leastUnread;
    if (unread === 'unknown' || unread >= before) return this.underWay(2 * this.pause, false);
    this.leastUnread = unread;
    // As long as the rest takes at this pace, which the first look does not know.
    const isFirst = before === Number.POSITIVE_INFINITY;
    return this.underWay(isFirst ? shortestPause : (this.pause * unread) / (before - unread), true);
  }

  private underWay(pause: number, hasProgressed: boolean): Reading {
    this.pause = Math.min(Math.max(Math.ceil(pause), shortestPause), longestPause);
    return { state: 'underWay', pause: this.pause, hasProgressed };
  }

  /** The slice is sent. */
  ended(): void {
    this.isKnown = null;
    this.hasSentSome = false;
    this.leastUnread = Number.POSITIVE_INFINITY;
    this.pause = shortestPause;
  }
}
