import { capturedRequest, capturedResponse } from '../http/captured.ts';
import { type RuleId, rules } from '../http/rules.ts';
import type { ImportedExchange, ImportedSegment } from './importedConnection.ts';
import { type HarEntry, headOf } from './importHarEntry.ts';
import type { EntryReader, Json } from './importJson.ts';

/** Written by Spark: the true bytes, with their places and times. @throws ImportProblem */
export function ownEntry(entry: EntryReader, spark: EntryReader): HarEntry {
  const [peer, local] = [spark.object('peer'), spark.object('local')].map((end) => ({
    address: end.text('address').slice(0, 100),
    port: Math.min(end.count('port'), 65_535),
  }));
  const requestStart = spark.count('requestStart');
  const responseStart = spark.count('responseStart', -1);
  const request = ownMessage(spark.object('request'), 'received', requestStart);
  const response = ownMessage(spark.object('response'), 'sent', Math.max(0, responseStart));
  const exchange = ownExchange(entry, spark, request, response);
  return {
    connection: `${spark.text('server')}/${spark.count('connection')}/${peer.address}/${peer.port}`,
    peer,
    local,
    openedAt: spark.time('openedAt') || exchange.startedAt,
    closedAt: spark.time('closedAt'),
    closeReason: spark.text('closeReason'),
    rebuilt: spark.has('rebuilt') && spark.flag('rebuilt'),
    place(after) {
      // Messages stand one behind the other, whatever the file says.
      if (requestStart < after.received || (responseStart >= 0 && responseStart < after.sent)) {
        throw spark.problem('requestStart');
      }
      after.received = exchange.requestEnd;
      if (responseStart >= 0) after.sent = exchange.responseEnd;
      return { exchange, segments: [...request.segments, ...(responseStart < 0 ? [] : response.segments)] };
    },
  };
}

function ownExchange(
  entry: EntryReader,
  spark: EntryReader,
  request: OwnMessage,
  response: OwnMessage,
): ImportedExchange {
  const times = spark.object('times');
  const [startedAt, headAt, requestEndedAt, respondedAt, endedAt] = [
    'startedAt',
    'headAt',
    'requestEndedAt',
    'respondedAt',
    'endedAt',
  ].map((name) => times.time(name));
  const status = entry.object('response').count('status');
  if (status > 999) throw entry.problem('response.status');
  const rule = spark.text('rule');
  if (rule !== '' && !Object.hasOwn(rules, rule)) throw spark.problem('rule');
  const ruleOffset = spark.count('ruleOffset', -1);
  const refused = rule === '' ? null : { rule: rule as RuleId, offset: ruleOffset };
  const head = headOf(capturedRequest(request.first, request.length, refused).spans, request.first);
  const answered = capturedResponse(response.first, response.length, head.method, response.complete);
  const answer = headOf(answered.spans, response.first);
  const requestStart = spark.count('requestStart');
  const responseStart = spark.count('responseStart', -1);
  return {
    number: spark.count('number', 1),
    method: head.method,
    target: head.target,
    status,
    requestStart,
    requestBodyStart: head.bodyStart < 0 ? -1 : requestStart + head.bodyStart,
    requestEnd: requestStart + request.length,
    responseStart,
    responseBodyStart: responseStart < 0 || answer.bodyStart < 0 ? -1 : responseStart + answer.bodyStart,
    responseEnd: responseStart < 0 ? -1 : responseStart + response.length,
    startedAt,
    headAt,
    requestEndedAt,
    respondedAt,
    endedAt: Math.max(startedAt, endedAt),
    aborted: spark.flag('aborted') || endedAt === 0,
    rule: refused?.rule ?? '',
    ruleOffset,
    marked: spark.flag('marked'),
    comment: entry.has('comment') ? entry.text('comment') : '',
  };
}

interface OwnMessage {
  readonly length: number;
  readonly complete: boolean;
  /** What was kept from the first byte on. */
  readonly first: Uint8Array;
  readonly segments: readonly ImportedSegment[];
}

function ownMessage(
  message: EntryReader,
  direction: ImportedSegment['direction'],
  start: number,
): OwnMessage {
  const length = message.count('length');
  let keptEnd = 0;
  const kept = message.objects('kept').map((piece) => {
    const offset = piece.count('offset');
    const bytes = Uint8Array.from(Buffer.from(piece.text('base64'), 'base64'));
    if (offset < keptEnd || offset + bytes.length > length) throw piece.problem('offset');
    keptEnd = offset + bytes.length;
    return { offset, bytes };
  });
  const segments: ImportedSegment[] = [];
  let end = 0;
  for (const mark of message.list('segments')) {
    const [from, to, time] = Array.isArray(mark) ? (mark as readonly Json[]) : [];
    const isMark = isCount(from) && isCount(to) && typeof time === 'number' && time >= 0 && time <= 8.64e15;
    if (!isMark || from < end || to < from || to > length) throw message.problem('segments');
    segments.push(...cutSegments(kept, from, to).map((one) => ({ ...one, direction, time })));
    end = to;
  }
  return {
    length,
    complete: message.flag('complete'),
    first: kept[0]?.offset === 0 ? kept[0].bytes : new Uint8Array(0),
    segments: segments.map((segment) => ({ ...segment, offset: start + segment.offset })),
  };
}

/** The kept bytes of a segment; more than one run of them makes more than one segment of the same time. */
function cutSegments(
  kept: readonly { readonly offset: number; readonly bytes: Uint8Array }[],
  from: number,
  to: number,
): Pick<ImportedSegment, 'offset' | 'length' | 'keptStart' | 'kept'>[] {
  const within = kept.flatMap(({ offset, bytes }) => {
    const [start, end] = [Math.max(offset, from), Math.min(offset + bytes.length, to)];
    return start < end ? [{ start, bytes: bytes.subarray(start - offset, end - offset) }] : [];
  });
  if (within.length === 0) {
    return [{ offset: from, length: to - from, keptStart: 0, kept: new Uint8Array(0) }];
  }
  return within.map(({ start, bytes }, i) => {
    const offset = i === 0 ? from : start;
    const end = within[i + 1]?.start ?? to;
    return { offset, length: end - offset, keptStart: start - offset, kept: bytes };
  });
}

function isCount(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
