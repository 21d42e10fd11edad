import type { ExchangeTable } from './exchangeTable.ts';
import { endsOf } from './exchangeView.ts';
import { fieldValues } from './filterFields.ts';
import type { FilterSubject, MessageName } from './filterSubject.ts';
import type { ExchangeOwner } from './run.ts';
import type { SegmentSlabs } from './segments.ts';

/** A head that goes on beyond this is looked at no further. */
const longestHead = 1024 * 1024;

/** Stands on one stored exchange after the other, and reads of it what a filter or an order asks for, nothing else. */
export class ExchangeSubject implements FilterSubject {
  private readonly table: ExchangeTable<ExchangeOwner>;
  private readonly slabs: SegmentSlabs;
  private readonly marks: ReadonlySet<number>;
  private readonly comments: ReadonlyMap<number, string>;
  /** One string for each media type, however many exchanges have it. */
  private readonly types = new Map<string, string>();
  private position = -1;

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

  /** @returns itself, standing on the exchange at a position */
  at(position: number): this {
    this.position = position;
    return this;
  }

  get id(): number {
    return this.table.get(this.position, 'id');
  }

  get connection(): number {
    return this.table.get(this.position, 'connection');
  }

  get number(): number {
    return this.table.get(this.position, 'number');
  }

  get serverName(): string {
    return this.table.owner(this.position).run.description.serverName;
  }

  get method(): string {
    return this.table.method(this.position);
  }

  get target(): string {
    return this.table.target(this.position);
  }

  get status(): number {
    return this.table.get(this.position, 'status');
  }

  get startedAt(): number {
    return this.table.get(this.position, 'startedAt');
  }

  get duration(): number | null {
    const ended = this.table.get(this.position, 'endedAt');
    return ended > 0 ? ended - this.startedAt : null;
  }

  get rule(): string {
    return this.table.rule(this.position);
  }

  get aborted(): boolean {
    return this.table.get(this.position, 'aborted') !== 0;
  }

  get beforeReload(): boolean {
    return this.table.owner(this.position).run.beforeReload;
  }

  get marked(): boolean {
    return this.marks.has(this.position);
  }

  get imported(): boolean {
    return this.table.owner(this.position).run.description.imported !== undefined;
  }

  get comment(): string {
    return this.comments.get(this.position) ?? '';
  }

  get requestSize(): number {
    return this.ends().request - this.table.get(this.position, 'requestStart');
  }

  get responseSize(): number {
    const start = this.table.get(this.position, 'responseStart');
    return start < 0 ? 0 : this.ends().response - start;
  }

  /** RFC 9110, section 8.3.1: types and subtypes are case-insensitive, and parameters follow a semicolon. */
  get type(): string {
    const known = this.table.type(this.position);
    if (known !== undefined) return known;
    if (this.table.get(this.position, 'responseStart') < 0) return '';
    const [value = ''] = fieldValues(this.head('response'), 'content-type');
    const type = value.split(';', 1)[0].trim().toLowerCase();
    const shared = this.types.get(type) ?? type;
    if (this.types.size < 1000) this.types.set(type, shared);
    if (this.table.get(this.position, 'responseBodyStart') >= 0 && this.duration !== null) {
      this.table.setType(this.position, shared);
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
    const isRequest = message === 'request';
    const start = this.table.get(this.position, isRequest ? 'requestStart' : 'responseStart');
    if (start < 0) return '';
    const bodyStart = this.table.get(this.position, isRequest ? 'requestBodyStart' : 'responseBodyStart');
    const end = bodyStart < 0 ? this.ends()[message] : bodyStart;
    return this.stream(message).text(this.slabs, start, Math.min(end, start + longestHead));
  }

  bytes(message: MessageName): string {
    const start = this.table.get(this.position, message === 'request' ? 'requestStart' : 'responseStart');
    return start < 0 ? '' : this.stream(message).text(this.slabs, start, this.ends()[message]);
  }

  private stream(message: MessageName) {
    const { received, sent } = this.table.owner(this.position).connection;
    return message === 'request' ? received : sent;
  }

  private ends(): { request: number; response: number } {
    const { table, position } = this;
    const exchange = {
      requestStart: table.get(position, 'requestStart'),
      requestEnd: table.get(position, 'requestEnd'),
      responseStart: table.get(position, 'responseStart'),
      responseEnd: table.get(position, 'responseEnd'),
      endedAt: table.get(position, 'endedAt'),
    };
    return endsOf(exchange, table.owner(position).connection);
  }

  /** Position of the exchange ahead on the connection; -1 where it is not stored. */
  private previous(): number {
    const { number } = this;
    const { exchanges } = this.table.owner(this.position).connection;
    if (number <= 1 || exchanges.length === 0) return -1;
    const index = number - 1 - this.table.get(exchanges.at(0), 'number');
    if (index < 0 || index >= exchanges.length) return -1;
    const previous = exchanges.at(index);
    return this.table.get(previous, 'number') === number - 1 ? previous : -1;
  }
}
