import { concatenated, copied } from './bytes.ts';

/** The bytes of a request as received, up to a bound; kept where the handler wants them. */
export class KeptMessage {
  private readonly bound: number;
  private pieces: Uint8Array[] | null = null;
  private length = 0;

  /** `bound`: bytes. */
  constructor(bound: number) {
    this.bound = bound;
  }

  /** Whether more came than may be kept; nothing is kept then. */
  get isTooLong(): boolean {
    return this.length > this.bound;
  }

  begin(): void {
    this.pieces = [];
  }

  /** Keeps a copy of the bytes from `start` to `end`, exclusive, if any are wanted. */
  keep(bytes: Uint8Array, start: number, end: number): void {
    if (this.pieces === null) return;
    this.length += end - start;
    if (this.isTooLong) this.pieces = null;
    else this.pieces.push(copied(bytes, start, end));
  }

  /** All of it; null where it is not wanted. */
  whole(): Uint8Array | null {
    return this.pieces === null ? null : concatenated(this.pieces, this.length);
  }

  clear(): void {
    this.pieces = null;
    this.length = 0;
  }
}
