/** Browsers make no element taller than about 33.5 million CSS pixels: what is taller is scaled down. */
const highest = 8_000_000;

/** The scroll position in content of any height. All lengths are CSS pixels. */
export class ScrollExtent {
  /** Of all there is, and of what is in sight. */
  private total = 0;
  private sight = 0;
  private top = 0;
  /** Where the scroller stands for `top`. */
  private scrolled = 0;

  /** Whether the scroller moves less than what it shows. */
  get isScaled(): boolean {
    return this.total > highest;
  }

  /** Height that the scroller's content is to have. */
  get height(): number {
    return Math.min(this.total, highest);
  }

  get sightHeight(): number {
    return this.sight;
  }

  /** First pixel in sight. */
  get position(): number {
    return this.top;
  }

  resize(total: number, sight: number): void {
    this.total = total;
    this.sight = sight;
    this.moveTo(this.top);
  }

  /** Returns where the scroller has to stand. */
  moveTo(position: number): number {
    this.top = Math.min(Math.max(0, position), Math.max(0, this.total - this.sight));
    this.scrolled = this.isScaled
      ? (this.top / (this.total - this.sight)) * (highest - this.sight)
      : this.top;
    return this.scrolled;
  }

  /** The scroller stands elsewhere: it was moved, or says where it was put. */
  scrolledTo(scrollTop: number): void {
    // The browser rounds, and one of its pixels can stand for many of ours.
    if (this.isScaled && Math.abs(scrollTop - this.scrolled) < 1) return;
    this.scrolled = scrollTop;
    this.top = this.isScaled ? (scrollTop / (highest - this.sight)) * (this.total - this.sight) : scrollTop;
  }
}
