import type { ForwardingRecord } from '../http/forwarding.ts';
import type { RuleId } from '../http/rules.ts';
import type { ExchangeColumns } from '../protocol/capture.ts';

const blockRows = 1024;

const numericColumns = [
  'id',
  'connection',
  'number',
  'status',
  'requestStart',
  'requestBodyStart',
  'requestEnd',
  'responseStart',
  'responseBodyStart',
  'responseEnd',
  'startedAt',
  'headAt',
  'requestEndedAt',
  'respondedAt',
  'endedAt',
  'aborted',
  'ruleOffset',
] as const;

type NumericColumn = (typeof numericColumns)[number];

/** Memory of a row without the characters of its target: its numbers, its references, its places in indexes. */
export const rowBytes = numericColumns.length * 8 + 160;

/** A row of the table, copied out of it. Values as in `ExchangeColumns`. */
export type StoredExchange = { readonly [column in NumericColumn]: number } & {
  readonly method: string;
  readonly target: string;
  readonly forwarding: ForwardingRecord | null;
  readonly rule: RuleId | '';
};

/** Rows as they come, or as the table itself has them. */
type RowColumns = {
  readonly [column in keyof ExchangeColumns]: ArrayLike<ExchangeColumns[column][number]>;
};

/** Some rows of the table, as columns. */
export interface ExchangeBlock<Owner> {
  readonly numbers: { readonly [column in NumericColumn]: Float64Array };
  readonly owner: Owner[];
  readonly method: string[];
  readonly target: string[];
  readonly forwarding: (ForwardingRecord | null)[];
  readonly rule: (RuleId | '')[];
  /** Media type of the response, once its head has been parsed. */
  readonly type: (string | undefined)[];
}

/**
 * Exchanges as columns, in blocks of rows. A row has a position that never changes: rows are appended at `end` and
 * dropped at `first`, a block's memory with its last row.
 */
export class ExchangeTable<Owner> {
  /** Position of the oldest row. */
  first = 0;
  /** Position after the newest row. */
  end = 0;
  private readonly blocks = new Map<number, ExchangeBlock<Owner>>();
  private lastNumber = -1;
  private lastBlock: ExchangeBlock<Owner> | undefined;

  get length(): number {
    return this.end - this.first;
  }

  /** @returns the row's position */
  append(owner: Owner, columns: RowColumns, row: number): number {
    const position = this.end++;
    const number = Math.floor(position / blockRows);
    if (!this.blocks.has(number)) this.blocks.set(number, newBlock(blockRows));
    this.block(position).owner[position % blockRows] = owner;
    this.replace(position, columns, row);
    return position;
  }

  replace(position: number, columns: RowColumns, row: number): void {
    const block = this.block(position);
    const i = position % blockRows;
    const { numbers } = block;
    // Spelt out: in a loop with lookups by name, each costs many times as much.
    numbers.id[i] = columns.id[row];
    numbers.connection[i] = columns.connection[row];
    numbers.number[i] = columns.number[row];
    numbers.status[i] = columns.status[row];
    numbers.requestStart[i] = columns.requestStart[row];
    numbers.requestBodyStart[i] = columns.requestBodyStart[row];
    numbers.requestEnd[i] = columns.requestEnd[row];
    numbers.responseStart[i] = columns.responseStart[row];
    numbers.responseBodyStart[i] = columns.responseBodyStart[row];
    numbers.responseEnd[i] = columns.responseEnd[row];
    numbers.startedAt[i] = columns.startedAt[row];
    numbers.headAt[i] = columns.headAt[row];
    numbers.requestEndedAt[i] = columns.requestEndedAt[row];
    numbers.respondedAt[i] = columns.respondedAt[row];
    numbers.endedAt[i] = columns.endedAt[row];
    numbers.aborted[i] = columns.aborted[row];
    numbers.ruleOffset[i] = columns.ruleOffset[row];
    block.method[i] = columns.method[row];
    block.target[i] = columns.target[row];
    block.forwarding[i] = columns.forwarding[row];
    block.rule[i] = columns.rule[row];
  }

  set(position: number, column: NumericColumn, value: number): void {
    this.block(position).numbers[column][position % blockRows] = value;
  }

  get(position: number, column: NumericColumn): number {
    return this.block(position).numbers[column][position % blockRows];
  }

  target(position: number): string {
    return this.block(position).target[position % blockRows];
  }

  owner(position: number): Owner {
    return this.block(position).owner[position % blockRows];
  }

  read(position: number): StoredExchange {
    const { numbers, method, target, forwarding, rule } = this.block(position);
    const i = position % blockRows;
    return {
      id: numbers.id[i],
      connection: numbers.connection[i],
      number: numbers.number[i],
      status: numbers.status[i],
      requestStart: numbers.requestStart[i],
      requestBodyStart: numbers.requestBodyStart[i],
      requestEnd: numbers.requestEnd[i],
      responseStart: numbers.responseStart[i],
      responseBodyStart: numbers.responseBodyStart[i],
      responseEnd: numbers.responseEnd[i],
      startedAt: numbers.startedAt[i],
      headAt: numbers.headAt[i],
      requestEndedAt: numbers.requestEndedAt[i],
      respondedAt: numbers.respondedAt[i],
      endedAt: numbers.endedAt[i],
      aborted: numbers.aborted[i],
      ruleOffset: numbers.ruleOffset[i],
      method: method[i],
      target: target[i],
      forwarding: forwarding[i],
      rule: rule[i],
    };
  }

  dropFirst(): void {
    const i = this.first % blockRows;
    // The strings go at once; the numbers with the block.
    const block = this.block(this.first);
    block.method[i] = '';
    block.target[i] = '';
    block.forwarding[i] = null;
    this.first++;
    if (i < blockRows - 1) return;
    this.blocks.delete(Math.floor((this.first - 1) / blockRows));
    this.lastNumber = -1;
    this.lastBlock = undefined;
  }

  clear(): void {
    this.first = this.end;
    this.blocks.clear();
    this.lastNumber = -1;
    this.lastBlock = undefined;
  }

  /** Place of a position's row in its block. */
  placeOf(position: number): number {
    return position % blockRows;
  }

  /** The rows among which a position's row is. */
  block(position: number): ExchangeBlock<Owner> {
    const number = Math.floor(position / blockRows);
    // Rows are mostly asked for one after the other.
    const block = number === this.lastNumber ? this.lastBlock : this.blocks.get(number);
    if (block === undefined || position < this.first) throw new RangeError(`No exchange at ${position}.`);
    this.lastNumber = number;
    this.lastBlock = block;
    return block;
  }
}

/** @param rows rows that it has room for */
export function newBlock<Owner>(rows: number): ExchangeBlock<Owner> {
  const column = () => new Float64Array(rows);
  return {
    numbers: {
      id: column(),
      connection: column(),
      number: column(),
      status: column(),
      requestStart: column(),
      requestBodyStart: column(),
      requestEnd: column(),
      responseStart: column(),
      responseBodyStart: column(),
      responseEnd: column(),
      startedAt: column(),
      headAt: column(),
      requestEndedAt: column(),
      respondedAt: column(),
      endedAt: column(),
      aborted: column(),
      ruleOffset: column(),
    },
    owner: [],
    method: [],
    target: [],
    forwarding: [],
    rule: [],
    type: [],
  };
}
