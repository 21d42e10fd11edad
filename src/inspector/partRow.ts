import type { Part } from '../http/content/range.ts';
import type { Link } from '../http/explanations/explanation.ts';
import type { GrammarRole } from './grammar.ts';

/** Text on a row: what came from the wire is escaped already, and may stand for bytes of the message. */
export interface PartText {
  readonly text: string;
  readonly role: GrammarRole;
  readonly place: Part | null;
}

/** One row below a line of a message: a part of it, or what it means. */
export interface PartRow {
  /** Identifies the part for as long as the exchange is shown. */
  readonly key: string;
  /** Depth in the tree; lines of a message are at 2. */
  readonly level: number;
  readonly place: Part | null;
  readonly texts: readonly PartText[];
  /** Words of the page itself, not from the wire. */
  readonly remark: string;
  readonly links: readonly Link[];
  /** Null where there is nothing to open. */
  readonly opened: boolean | null;
  readonly block: Block | null;
  readonly actions: readonly Action[];
}

/** What takes the width of a row. */
export type Block =
  | { readonly kind: 'text' | 'hex'; readonly text: string }
  | { readonly kind: 'image'; readonly bytes: Uint8Array; readonly type: string };

/** A button on a row. */
export interface Action {
  readonly label: string;
  /** Whether it is the chosen one of several that exclude each other; null for any other button. */
  readonly pressed: boolean | null;
  readonly does: BodyChoice;
}

/** What the user chose to see of a body. */
export type BodyChoice =
  | { readonly kind: 'source'; readonly source: BodySource }
  | { readonly kind: 'format'; readonly format: BodyFormat }
  | { readonly kind: 'more'; readonly key: string };

/** The bytes of a body as they came, without what delimits chunks, or without the content coding. */
export type BodySource = 'wire' | 'joined' | 'decompressed';
/** How the bytes of a body are shown. */
export type BodyFormat = 'parts' | 'text' | 'hex';

/** A row with what is given; nothing else is on it. */
export function partRow(key: string, level: number, row: Partial<Omit<PartRow, 'key' | 'level'>>): PartRow {
  return {
    key,
    level,
    place: null,
    texts: [],
    remark: '',
    links: [],
    opened: null,
    block: null,
    actions: [],
    ...row,
  };
}

/** @param shown what is to be shown: text from the wire must have been escaped */
export function text(shown: string, role: GrammarRole, place: Part | null = null): PartText {
  return { text: shown, role, place };
}
