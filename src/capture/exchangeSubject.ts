import { type ExchangeBlock, type ExchangeTable, newBlock } from './exchangeTable.ts';
import { requestEndOf, responseEndOf } from './exchangeView.ts';
import { fieldValues } from './filterFields.ts';
import type { FilterSubject, MessageName } from './filterSubject.ts';
import type { ExchangeOwner } from './run.ts';
import type { SegmentSlabs } from './segments.ts';

/** A head that goes on beyond this is looked at no further. */
const longestHead = 1024 * 1024;

/** A cursor over stored exchanges, which reads only what a filter or an order asks for. */
export class ExchangeSubject implements FilterSubject {
  private readonly table: ExchangeTable<ExchangeOwner>;
  private readonly slabs: SegmentSlabs;
  private readonly marks: ReadonlySet<number>;
  private readonly comments: ReadonlyMap<number, string>;
  /** One string for each media type, however many exchanges have it. */
  private readonly types = new Map<string, string>();
  private position = -1;
  /** The exchange's place in the table: looked up once, read many times. */
  private block: ExchangeBlock<ExchangeOwner> = newBlock(0);
  private place = 0;

  constructor(
    table: ExchangeTable<ExchangeOwner>,
    slabs: SegmentSlabs,
    marks: ReadonlySet<number>,
    comments: ReadonlyMap<number, string>,
  ) {
    this.table = table;
    this.slabs = slabs;
    this.marks = marks;
    this.comments = comments;
  }

  /** Moves to the exchange at a position. @returns itself */
  at(position: number): this {
    this.position = position;
    this.block = this.table.block(position);
    this.place = this.table.placeOf(position);
    return this;
  }

  get id(): number {
    return this.block.numbers.id[this.place];
  }

  get connection(): number {
    return this.block.numbers.connection[this.place];
  }

  get number(): number {
    return this.block.numbers.number[this.place];
  }

  get serverName(): string {
    return this.block.owner[this.place].run.description.serverName;
  }

  get method(): string {
    return this.block.method[this.place];
  }

  get target(): string {
    return this.block.target[this.place];
  }

  get status(): number {
    return this.block.numbers.status[this.place];
  }

  get startedAt(): number {
    return this.block.numbers.startedAt[this.place];
  }

  get duration(): number | null {
    const ended = this.block.numbers.endedAt[this.place];
    return ended > 0 ? ended - this.startedAt : null;
  }

  get rule(): string {
    return this.block.rule[this.place];
  }

  get aborted(): boolean {
    return this.block.numbers.aborted[this.place] !== 0;
  }

  get beforeReload(): boolean {
    return this.block.owner[this.place].run.beforeReload;
  }

  get marked(): boolean {
    return this.marks.has(this.position);
  }

  get imported(): boolean {
    return this.block.owner[this.place].run.description.imported !== undefined;
  }

  get comment(): string {
    return this.comments.get(this.position) ?? '';
  }

  get requestSize(): number {
    return this.endOf('request') - this.startOf('request');
  }

  get responseSize(): number {
    const start = this.startOf('response');
    return start < 0 ? 0 : this.endOf('response') - start;
  }

  /** RFC 9110, section 8.3.1: types and subtypes are case-insensitive, and parameters follow a semicolon. */
  get type(): string {
    const known = this.block.type[this.place];
    if (known !== undefined) return known;
    if (this.block.numbers.responseStart[this.place] < 0) return '';
    const [value = ''] = fieldValues(this.head('response'), 'content-type');
    const type = value.split(';', 1)[0].trim().toLowerCase();
    const shared = this.types.get(type) ?? type;
    if (this.types.size < 1000) this.types.set(type, shared);
    if (this.block.numbers.responseBodyStart[this.place] >= 0 && this.duration !== null) {
      this.block.type[this.place] = shared;
    }
    return shared;
  }

  /** When the exchange ahead of it on the connection ended; 0 where there is none stored, -1 where it goes on. */
  get previousEndedAt(): number {
    const previous = this.previous();
    return previous < 0 ? 0 : this.table.get(previous, 'endedAt') || -1;
  }

  get pipelined(): boolean {
    const ended = this.previousEndedAt;
    return ended < 0 || ended > this.startedAt;
  }

  head(message: MessageName): string {
    const start = this.startOf(message);
    if (start < 0) return '';
    const { requestBodyStart, responseBodyStart } = this.block.numbers;
    const bodyStart = (message === 'request' ? requestBodyStart : responseBodyStart)[this.place];
    const end = bodyStart < 0 ? this.endOf(message) : bodyStart;
    return this.stream(message).text(this.slabs, start, Math.min(end, start + longestHead));
  }

  bytes(message: MessageName): string {
    const start = this.startOf(message);
    return start < 0 ? '' : this.stream(message).text(this.slabs, start, this.endOf(message));
  }

  private stream(message: MessageName) {
    const { received, sent } = this.block.owner[this.place].connection;
    return message === 'request' ? received : sent;
  }

  private startOf(message: MessageName): number {
    const { requestStart, responseStart } = this.block.numbers;
    return (message === 'request' ? requestStart : responseStart)[this.place];
  }

  private endOf(message: MessageName): number {
    const { numbers, owner } = this.block;
    const { place } = this;
    const { connection } = owner[place];
    const exchange = {
      requestStart: numbers.requestStart[place],
      requestEnd: numbers.requestEnd[place],
      responseStart: numbers.responseStart[place],
      responseEnd: numbers.responseEnd[place],
      endedAt: numbers.endedAt[place],
    };
    return message === 'request' ? requestEndOf(exchange, connection) : responseEndOf(exchange, connection);
  }

  /** Position of the exchange ahead on the connection; -1 where it is not stored. */
  private previous(): number {
    const { number } = this;
    const { exchanges } = this.block.owner[this.place].connection;
    if (number <= 1 || exchanges.length === 0) return -1;
    const index = number - 1 - this.table.get(exchanges.at(0), 'number');
    if (index < 0 || index >= exchanges.length) return -1;
    const previous = exchanges.at(index);
    return this.table.get(previous, 'number') === number - 1 ? previous : -1;
  }
}
