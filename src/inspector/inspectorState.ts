import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals-core';
import type { CallLines } from '../protocol/calls.ts';
import type { Direction } from '../protocol/capture.ts';
import type { ListedRows, ListQuery, ListView } from '../protocol/exchangeList.ts';
import type { CaptureSummary, ExchangeKey } from '../protocol/inspector.ts';
import { type ColumnChoice, initialColumns } from './listColumns.ts';
import { lineIndexAt } from './meaning.ts';
import { type ExchangeView, messageOf } from './messageView.ts';
import { spanIndexAt } from './spanIndex.ts';

/** Bytes that are marked on both sides: `start` inclusive, `end` exclusive. */
export interface Mark {
  readonly direction: Direction;
  readonly start: number;
  readonly end: number;
}

/** What was clicked or reached by key: a byte, and the marked bytes around it. */
export interface Chosen extends Mark {
  readonly offset: number;
}

/** The list as the host last described it: see the message `list` (src/protocol/inspectorMessages.ts). */
export interface ListState {
  readonly summary: CaptureSummary;
  /** Of the selected exchange in the list as filtered and sorted; -1 where it is not in it. */
  readonly selectedIndex: number;
  readonly serverRuns: boolean;
  readonly preserve: boolean;
  readonly view: ListView;
  /** The rows in sight, if they came with the description. */
  readonly rows: ListedRows | null;
}

/** Why no exchange is shown where one was selected. */
export interface GoneExchange {
  readonly reason: string;
}

/** The system calls of an exchange's connection, as far as they are shown. */
export interface ShownCalls {
  readonly exchange: ExchangeKey;
  readonly calls: CallLines;
}

/** What the parts of the page share. A mark is void once the view changes. */
export class InspectorState {
  readonly list: Signal<ListState | null> = signal(null);
  readonly selected: Signal<ExchangeKey | null> = signal(null);
  readonly view: Signal<ExchangeView | null> = signal(null);
  readonly gone: Signal<GoneExchange | null> = signal(null);
  readonly calls: Signal<ShownCalls | null> = signal(null);
  /** How many of them the user wants to see, where they are in sight. */
  readonly callsLimit: Signal<number> = signal(0);
  readonly pointed: Signal<Mark | null> = signal(null);
  /** The byte under the pointer, if it points at bytes. */
  readonly pointedOffset: Signal<number | null> = signal(null);
  readonly chosen: Signal<Chosen | null> = signal(null);
  /** What the list shows; and its columns. */
  readonly listQuery: Signal<ListQuery> = signal({ filter: '', order: null, paused: false });
  readonly columns: Signal<ColumnChoice> = signal(initialColumns);
  /** Whether exchanges that arrive are announced to screen readers. */
  readonly announces: Signal<boolean> = signal(false);
  /** Whether a line is explained when the pointer or the focus rests on it. */
  readonly explains: Signal<boolean> = signal(true);
  /**
   * Narrows the filter to exchanges for which an operator of the filter language (src/capture/filterOperators.ts) has
   * a value, such as `field` and `cookie`; `excluded`: has not. The page sets it.
   */
  filterBy: (operator: string, value: string, excluded: boolean) => void = () => undefined;
  /** Parts of the messages that are shown on rows of their own, such as query parameters: finer than grammar elements. */
  readonly parts: Signal<readonly Mark[]> = signal([]);
  /** How far the user has taken the parser through a message; `end` exclusive. */
  readonly parsed: Signal<{ readonly direction: Direction; readonly end: number } | null> = signal(null);
  /** Index of the finding that the user went to; -1 for none. */
  readonly finding: Signal<number> = signal(-1);
  /** Whether the list follows the newest exchange. */
  readonly following: Signal<boolean> = signal(true);

  /** The bytes of the whole line in which the pointed and the chosen bytes lie. */
  readonly pointedLine: ReadonlySignal<Mark | null> = computed(() => this.lineOf(this.pointed.value));
  readonly chosenLine: ReadonlySignal<Mark | null> = computed(() => this.lineOf(this.chosen.value));

  /** The finest part or grammar element that holds a byte, as a mark; the byte alone where none does. */
  markAt(direction: Direction, offset: number): Mark {
    const view = this.view.value;
    const part = this.partAt(direction, offset);
    if (part !== null) return part;
    if (view === null) return { direction, start: offset, end: offset + 1 };
    const { spans } = messageOf(view, direction);
    const index = spanIndexAt(spans, offset);
    if (index < 0) return { direction, start: offset, end: offset + 1 };
    return { direction, start: spans[index].start, end: spans[index].end };
  }

  /** The finest part on a row of its own that holds a byte. */
  partAt(direction: Direction, offset: number): Mark | null {
    let finest: Mark | null = null;
    for (const part of this.parts.peek()) {
      if (part.direction !== direction || offset < part.start || offset >= part.end) continue;
      if (finest === null || part.end - part.start < finest.end - finest.start) finest = part;
    }
    return finest;
  }

  point(mark: Mark | null, offset: number | null): void {
    batch(() => {
      if (!sameMark(mark, this.pointed.peek())) this.pointed.value = mark;
      this.pointedOffset.value = offset;
    });
  }

  choose(direction: Direction, offset: number): void {
    this.chosen.value = { ...this.markAt(direction, offset), offset };
  }

  chooseMark(mark: Mark): void {
    this.chosen.value = { ...mark, offset: mark.start };
  }

  private lineOf(mark: Mark | null): Mark | null {
    const view = this.view.value;
    if (mark === null || view === null) return null;
    const { lines } = messageOf(view, mark.direction);
    const index = lineIndexAt(lines, mark.start);
    if (index < 0) return null;
    return { direction: mark.direction, start: lines[index].start, end: lines[index].end };
  }
}

function sameMark(a: Mark | null, b: Mark | null): boolean {
  if (a === null || b === null) return a === b;
  return a.direction === b.direction && a.start === b.start && a.end === b.end;
}
