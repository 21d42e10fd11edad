import { copied } from './bytes.ts';
import { Fifo } from './fifo.ts';

/**
 * Input that cannot be parsed yet, in the pieces that it came in. Each is copied once, however many wait, since the input
 * is only lent for the call that brought it.
 */
export class WaitingInput {
  private readonly pieces = new Fifo<Uint8Array>();
  /** What is left of the oldest piece, where it was taken and not used up. */
  private rest: Uint8Array | null = null;

  get isEmpty(): boolean {
    return this.rest === null && this.pieces.length === 0;
  }

  add(bytes: Uint8Array): void {
    if (bytes.length > 0) this.pieces.push(copied(bytes));
  }

  /** The oldest piece; undefined where there is none. */
  take(): Uint8Array | undefined {
    const { rest } = this;
    this.rest = null;
    return rest ?? this.pieces.shift();
  }

  /** Puts the rest of the piece taken last back to where it was. */
  putBack(rest: Uint8Array): void {
    this.rest = rest.length > 0 ? rest : null;
  }

  clear(): void {
    while (this.take() !== undefined);
  }
}
