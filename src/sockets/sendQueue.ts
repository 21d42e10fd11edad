import { type Descriptor, type SystemCalls, wouldBlock } from './systemCalls.ts';

/** Pieces up to this size are copied together: passing the kernel the address of each would cost more. */
const smallPiece = 4 * 1024;

/** What was written to a socket and the kernel has not taken yet; it may have taken part of the first piece. */
export class SendQueue {
  private pieces: Uint8Array[] = [];

  get isEmpty(): boolean {
    return this.pieces.length === 0;
  }

  push(bytes: Uint8Array): void {
    if (bytes.length > 0) this.pieces.push(bytes);
  }

  clear(): void {
    this.pieces = [];
  }

  /**
   * Hands the kernel what is queued, in one call; what it does not take stays queued. Returns how many bytes it took,
   * or `wouldBlock`. Throws SystemCallError.
   *
   * @param scratch memory that may be written to during the call
   */
  transfer(calls: SystemCalls, descriptor: Descriptor, scratch: Uint8Array): number {
    const gathered = this.gather(scratch);
    const taken =
      gathered > 0
        ? calls.send(descriptor, scratch.subarray(0, gathered))
        : calls.writev(descriptor, this.pieces);
    if (taken !== wouldBlock) this.take(taken);
    return taken;
  }

  /** Copies the small pieces that come first into `memory`, where there are several. Returns how many bytes they are. */
  private gather(memory: Uint8Array): number {
    const { pieces } = this;
    if (pieces.length < 2 || pieces[0].length > smallPiece || pieces[1].length > smallPiece) return 0;
    let length = 0;
    for (const piece of pieces) {
      if (piece.length > smallPiece || length + piece.length > memory.length) break;
      memory.set(piece, length);
      length += piece.length;
    }
    return length;
  }

  private take(count: number): void {
    const { pieces } = this;
    let left = count;
    let whole = 0;
    while (whole < pieces.length && left >= pieces[whole].length) left -= pieces[whole++].length;
    if (whole > 0) this.pieces = whole === pieces.length ? [] : pieces.slice(whole);
    if (left > 0) this.pieces[0] = this.pieces[0].subarray(left);
  }
}
