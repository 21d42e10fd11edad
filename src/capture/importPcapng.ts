import { l10n } from '../l10n/l10n.ts';
import { findingComment, rebuiltComment, userComment, userMark } from './exportPcapng.ts';
import { packetsOf } from './importBlocks.ts';
import type { ImportedConnection, ImportedExchange, ImportedSegment } from './importedConnection.ts';
import { type FoundMessage, firstEndingAfter, MessageFinder } from './importMessages.ts';
import { ImportProblem } from './importProblem.ts';
import { type CapturedConnection, connectionsOf, type StreamPiece } from './importStreams.ts';

/**
 * The connections of a pcapng file: Spark's own, or one of any program that captures TCP.
 *
 * @param progress is told how many bytes were read
 * @throws ImportProblem
 */
export function connectionsOfPcapng(
  file: Uint8Array,
  progress: (bytes: number) => void,
): ImportedConnection[] {
  const connections = connectionsOf(packetsOf(file, progress));
  const imported = connections.map(importedConnection).filter(({ exchanges }) => exchanges.length > 0);
  if (imported.length === 0) {
    throw new ImportProblem(l10n.t('there is no TCP connection with data in it.'));
  }
  return imported;
}

function importedConnection(connection: CapturedConnection): ImportedConnection {
  const { client, server, openedAt, closedAt, received, sent } = connection;
  const pairs = pairsOf(connection);
  const remarks = remarksOn(pairs, connection);
  return {
    peer: client,
    local: server,
    openedAt,
    closedAt,
    closeReason: closeReasonOf(connection),
    rebuilt: [...received, ...sent].some(({ comments }) => comments.includes(rebuiltComment)),
    segments: [...segmentsOf('received', received), ...segmentsOf('sent', sent)],
    exchanges: pairs.map((pair, i) => exchangeOf(pair, i, connection, remarks[i])),
  };
}

function closeReasonOf({ isReset, isClosed }: CapturedConnection): string {
  if (isReset) return l10n.t('It was reset.');
  return isClosed ? l10n.t('It was closed.') : l10n.t('The file ends before the connection does.');
}

function segmentsOf(
  direction: ImportedSegment['direction'],
  pieces: readonly StreamPiece[],
): ImportedSegment[] {
  return pieces.map(({ offset, length, kept, time }) => ({
    direction,
    offset,
    length,
    keptStart: 0,
    kept,
    time,
  }));
}

interface Pair {
  readonly request: FoundMessage | null;
  readonly response: FoundMessage | null;
}

/** Answers come in the order of the requests (RFC 9112 section 9.3). */
function pairsOf({ received, sent, isClosed }: CapturedConnection): Pair[] {
  const requests = new MessageFinder('request', received, isClosed);
  const responses = new MessageFinder('response', sent, isClosed);
  const pairs: Pair[] = [];
  for (;;) {
    const request = requests.next();
    const response = responses.next(request?.method);
    if (request === null && response === null) return pairs;
    pairs.push({ request, response });
  }
}

function exchangeOf(
  { request, response }: Pair,
  index: number,
  { received, sent, openedAt, closedAt, isClosed }: CapturedConnection,
  remark: Remark,
): ImportedExchange {
  const requestEnd = received.at(-1);
  const behind = requestEnd === undefined ? 0 : requestEnd.offset + requestEnd.length;
  const requestTime = (offset: number) => timeAt(received, offset);
  const respondedAt = response === null ? 0 : timeAt(sent, response.start);
  const startedAt = request === null ? respondedAt || openedAt : requestTime(request.start);
  const answered = response?.complete === true && (response.status >= 200 || response.status === 101);
  const lastOut = response === null ? 0 : timeAt(sent, response.end - 1);
  return {
    number: index + 1,
    method: request?.method ?? '',
    target: request?.target ?? '',
    status: response?.status ?? 0,
    requestStart: request?.start ?? behind,
    requestBodyStart: request?.bodyStart ?? -1,
    requestEnd: request?.end ?? behind,
    responseStart: response?.start ?? -1,
    responseBodyStart: response?.bodyStart ?? -1,
    responseEnd: response?.end ?? -1,
    startedAt,
    headAt: request === null || request.bodyStart < 0 ? 0 : requestTime(request.bodyStart - 1),
    requestEndedAt: request?.complete === true ? requestTime(request.end - 1) : 0,
    respondedAt: respondedAt === 0 ? 0 : Math.max(startedAt, respondedAt),
    endedAt: Math.max(startedAt, answered ? lastOut : closedAt),
    aborted: !answered && isClosed,
    rule: request?.rule ?? '',
    ruleOffset: request?.ruleOffset ?? -1,
    ...remark,
  };
}

function timeAt(pieces: readonly StreamPiece[], offset: number): number {
  return pieces[firstEndingAfter(pieces, offset)]?.time ?? 0;
}

interface Remark {
  readonly marked: boolean;
  readonly comment: string;
}

/** What users wrote on packets, in Spark or elsewhere, by the exchange whose bytes the packet has. */
function remarksOn(pairs: readonly Pair[], { received, sent }: CapturedConnection): Remark[] {
  const remarks = pairs.map(() => ({ marked: false, comments: [] as string[] }));
  const place = (pieces: readonly StreamPiece[], messages: readonly (FoundMessage | null)[]) => {
    const present = messages.flatMap((message, index) => (message === null ? [] : [{ ...message, index }]));
    let first = 0;
    for (const { offset, length, comments } of pieces) {
      if (comments.length === 0) continue;
      while (first < present.length && present[first].end <= offset) first++;
      const within: typeof present = [];
      for (let i = first; i < present.length && present[i].start < offset + length; i++)
        within.push(present[i]);
      const begun = within.filter(({ start }) => start >= offset);
      for (const comment of comments) {
        const { kind, nth, text } = readComment(comment);
        const target =
          remarks[((nth > 0 ? begun[nth - 1] : undefined) ?? begun[0] ?? within[0])?.index ?? -1];
        if (target === undefined || kind === 'ours') continue;
        if (kind === 'mark') target.marked = true;
        else target.comments.push(text);
      }
    }
  };
  place(
    received,
    pairs.map(({ request }) => request),
  );
  place(
    sent,
    pairs.map(({ response }) => response),
  );
  return remarks.map(({ marked, comments }) => ({ marked, comment: comments.join('\n') }));
}

/** `nth`: of the requests that begin in the packet, counted from 1; 0 where that is not said. */
function readComment(comment: string): { kind: 'mark' | 'comment' | 'ours'; nth: number; text: string } {
  const mark = userMark.read(comment);
  if (mark !== null) return { kind: 'mark', ...mark };
  const written = userComment.read(comment);
  if (written !== null) return { kind: 'comment', ...written };
  const isOurs = comment === rebuiltComment || findingComment.test(comment);
  return { kind: isOurs ? 'ours' : 'comment', nth: 0, text: comment };
}
