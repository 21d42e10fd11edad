/** What a filter can ask of an exchange. An implementation may be one object that moves from exchange to exchange. */
export interface FilterSubject {
  /** Counts from 1 in a run of the server. */
  readonly id: number;
  readonly connection: number;
  /** 1 for the first exchange of its connection. */
  readonly number: number;
  readonly serverName: string;
  readonly method: string;
  readonly target: string;
  /** 0 while there is none. */
  readonly status: number;
  /** Media type of the response, in lower case and without parameters; empty where it has none. */
  readonly type: string;
  /** Bytes on the wire so far. */
  readonly requestSize: number;
  readonly responseSize: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Milliseconds; null while it goes on. */
  readonly duration: number | null;
  /** The rule that the request broke, or an empty string. */
  readonly rule: string;
  readonly aborted: boolean;
  readonly beforeReload: boolean;
  readonly imported: boolean;
  readonly marked: boolean;
  /** What the user wrote about it; empty for nothing. */
  readonly comment: string;
  /** Whether its request came before the exchange ahead of it on the connection had ended. */
  readonly pipelined: boolean;
  /** The head of a message as far as it was kept, one character per byte. */
  head(message: MessageName): string;
  /** All bytes of a message that were kept, one character per byte. */
  bytes(message: MessageName): string;
}

export type MessageName = 'request' | 'response';

/** What it takes to test a condition: numbers and words in memory, the heads of messages, or all their bytes. */
export type FilterCost = 'columns' | 'heads' | 'bytes';

/** How conditions are joined. */
export type Conjunction = 'and' | 'or';

/** Something that an exchange is or is not. */
export interface Condition {
  /** In plain words, as a part of a sentence; and those of its opposite. */
  readonly words: string;
  readonly oppositeWords: string;
  readonly cost: FilterCost;
  /** Whether a regular expression of the user is run: it may take any time. */
  readonly hasExpression: boolean;
  /** How its parts are joined, where it has several. */
  readonly joinedBy?: Conjunction;
  matches(subject: FilterSubject): boolean;
}

/** Thrown by what reads a part of a filter; the parser turns it into a `FilterProblem`. */
export class FilterError extends Error {}
