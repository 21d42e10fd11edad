import { type RuleId, rules } from '../http/rules.ts';
import type { Endpoint } from '../protocol/capture.ts';
import type {
  CaptureSummary,
  Decompressed,
  ExchangeConnection,
  ExchangeDetail,
  ExchangeRow,
  ExchangeTimes,
  KeptBytes,
  MessageDetail,
  SegmentMark,
  ToInspector,
} from '../protocol/inspector.ts';
import {
  arrayOf,
  type Check,
  isBoolean,
  isBytes,
  isCount,
  isIndex,
  isNumber,
  isString,
  oneOf,
  orNull,
  shape,
} from './shape.ts';

const isRule: Check<RuleId | ''> = (value): value is RuleId | '' =>
  value === '' || (typeof value === 'string' && Object.hasOwn(rules, value));

const isRow = shape<ExchangeRow>({
  key: isString,
  id: isCount,
  connection: isCount,
  method: isString,
  target: isString,
  status: isCount,
  requestSize: isCount,
  responseSize: isCount,
  startedAt: isNumber,
  duration: orNull(isNumber),
  rule: isRule,
  aborted: isBoolean,
  beforeReload: isBoolean,
});

const isSegment = shape<SegmentMark>({ start: isCount, end: isCount, time: isNumber });
const isKept = arrayOf(shape<KeptBytes>({ offset: isCount, bytes: isBytes }));

/** In order and without overlaps: everything drawn relies on it. */
const isKeptInOrder: Check<readonly KeptBytes[]> = (value): value is readonly KeptBytes[] =>
  isKept(value) &&
  value.every(({ offset }, i) => i === 0 || offset >= value[i - 1].offset + value[i - 1].bytes.length);

const isMessage = shape<MessageDetail>({
  direction: oneOf('received', 'sent'),
  length: isCount,
  complete: isBoolean,
  kept: isKeptInOrder,
  segments: arrayOf(isSegment),
});

const isTimes = shape<ExchangeTimes>({
  startedAt: isNumber,
  headAt: isNumber,
  requestEndedAt: isNumber,
  respondedAt: isNumber,
  endedAt: isNumber,
});

const isConnection = shape<ExchangeConnection>({
  exchangeNumber: isCount,
  requestStart: isCount,
  readWithPrevious: isBoolean,
  readWithNext: isBoolean,
  openedAt: isNumber,
  closedAt: isNumber,
  closeReason: isString,
  exchangeCount: isCount,
});

const isDetail = shape<ExchangeDetail>({
  row: isRow,
  times: isTimes,
  connection: isConnection,
  serverName: isString,
  peer: shape<Endpoint>({ address: isString, port: isCount }),
  ruleOffset: isNumber,
  request: isMessage,
  response: isMessage,
});

const isSummary = shape<CaptureSummary>({
  exchanges: isCount,
  displaced: isCount,
  leftOut: isCount,
  lostInReload: isCount,
});

type Message<Type extends ToInspector['type']> = Extract<ToInspector, { type: Type }>;

const checks: { readonly [Type in ToInspector['type']]: Check<Message<Type>> } = {
  list: shape<Message<'list'>>({
    type: oneOf('list'),
    summary: isSummary,
    selectedIndex: isIndex,
    serverRuns: isBoolean,
  }),
  rows: shape<Message<'rows'>>({ type: oneOf('rows'), start: isCount, rows: arrayOf(isRow) }),
  detail: shape<Message<'detail'>>({ type: oneOf('detail'), detail: isDetail }),
  gone: shape<Message<'gone'>>({ type: oneOf('gone'), exchange: isString, reason: isString }),
  decompressed: shape<Message<'decompressed'>>({
    type: oneOf('decompressed'),
    number: isCount,
    result: shape<Decompressed>({ bytes: isBytes, end: oneOf('whole', 'cut', 'broken', 'unavailable') }),
  }),
  reveal: shape<Message<'reveal'>>({ type: oneOf('reveal'), exchange: isString }),
};

/** What the extension host sent, or null where it is no message: that is not used. */
export function asToInspector(value: unknown): ToInspector | null {
  const type: unknown = typeof value === 'object' && value !== null && 'type' in value ? value.type : null;
  for (const [name, check] of Object.entries(checks)) {
    if (name === type && check(value)) return value;
  }
  return null;
}
