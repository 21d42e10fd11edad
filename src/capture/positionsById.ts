/** How far beyond the highest id so far an id may be to get a slot. Ids count up, with gaps where several workers count. */
const farthest = 4096;
const none = -1;

/**
 * Positions by the ids of exchanges. Ids count up and the oldest go first, so that most have a slot of their own in one
 * array, which costs a fraction of a map's entry; those that do not come in this order are kept in a map.
 */
export class PositionsById {
  /** Slot i is that of the id `first + i`. */
  private slots: number[] = [];
  private first = 0;
  /** Slots at the front that are empty for good. */
  private emptied = 0;
  private readonly others = new Map<number, number>();

  get(id: number): number | undefined {
    const slot = id - this.first;
    if (this.isInUse(slot) && this.slots[slot] !== none) return this.slots[slot];
    return this.others.size === 0 ? undefined : this.others.get(id);
  }

  set(id: number, position: number): void {
    const isInteger = Number.isInteger(id);
    if (isInteger && this.emptied === this.slots.length) this.restart(id);
    const slot = id - this.first;
    if (!isInteger || slot < this.emptied || slot >= this.slots.length + farthest) {
      this.others.set(id, position);
      return;
    }
    while (this.slots.length < slot) this.slots.push(none);
    if (slot === this.slots.length) this.slots.push(position);
    else this.slots[slot] = position;
    if (this.others.size > 0) this.others.delete(id);
  }

  delete(id: number): void {
    if (this.others.size > 0) this.others.delete(id);
    const slot = id - this.first;
    if (!this.isInUse(slot)) return;
    this.slots[slot] = none;
    while (this.emptied < this.slots.length && this.slots[this.emptied] === none) this.emptied++;
    if (this.emptied < farthest || this.emptied * 2 < this.slots.length) return;
    this.slots = this.slots.slice(this.emptied);
    this.first += this.emptied;
    this.emptied = 0;
  }

  clear(): void {
    this.restart(0);
    this.others.clear();
  }

  /** No id is a fraction, but nothing here may be wrong if one comes. */
  private isInUse(slot: number): boolean {
    return slot >= this.emptied && slot < this.slots.length && Number.isInteger(slot);
  }

  private restart(id: number): void {
    this.slots = [];
    this.first = id;
    this.emptied = 0;
  }
}
