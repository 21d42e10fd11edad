/** Empty places before the first item that are not worth removing. */
const slack = 64;

/** First in, first out. Both ends cost the same on average, however many items there are. */
export class Fifo<Item> {
  /** Items from `first` to `end` (exclusive); an empty queue keeps the places, to use them again. */
  private readonly items: (Item | undefined)[] = [];
  private first = 0;
  private end = 0;

  get length(): number {
    return this.end - this.first;
  }

  push(item: Item): void {
    this.items[this.end++] = item;
  }

  /** The item at `index`, counted from the oldest; undefined beyond the newest. */
  at(index: number): Item | undefined {
    return this.first + index < this.end ? this.items[this.first + index] : undefined;
  }

  shift(): Item | undefined {
    if (this.first === this.end) return undefined;
    const item = this.items[this.first];
    this.items[this.first++] = undefined;
    if (this.first === this.end) {
      this.first = 0;
      this.end = 0;
    } else if (this.first > slack && this.first > this.length) {
      this.items.splice(0, this.first);
      this.end -= this.first;
      this.first = 0;
    }
    return item;
  }
}
