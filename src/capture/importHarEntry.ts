import type { Span } from '../http/dissect.ts';
import type { ImportedExchange, ImportedLife, ImportedSegment } from './importedConnection.ts';

/** An entry of a HAR file, with the connection that it belongs to. */
export interface HarEntry extends ImportedLife {
  /** The same for all entries of a connection. */
  readonly connection: string;
  /**
   * Places its messages after those of the previous entry, whose ends are in `after`, and updates these.
   *
   * @throws ImportProblem where they have places, and these are taken
   */
  place(after: { received: number; sent: number }, number: number): PlacedExchange;
}

/** An exchange with the segments that carried it, at their places on the connection. */
export interface PlacedExchange {
  readonly exchange: ImportedExchange;
  readonly segments: readonly ImportedSegment[];
}

/** What a message begins with; `bodyStart` is -1 where its head does not end. */
export interface MessageHead {
  readonly method: string;
  readonly target: string;
  readonly bodyStart: number;
}

/** Reads method, target and the start of the body from a message's spans. */
export function headOf(spans: readonly Span[], bytes: Uint8Array): MessageHead {
  const text = (name: 'method' | 'request-target') => {
    const span = spans.find((one) => one.name === name);
    return span === undefined ? '' : Buffer.from(bytes.subarray(span.start, span.end)).toString('latin1');
  };
  const bodyStart = spans.findLast(({ name }) => name === 'header-end')?.end ?? -1;
  return { method: text('method'), target: text('request-target'), bodyStart };
}
