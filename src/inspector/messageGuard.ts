import { byteFormats } from '../http/byteEncodings.ts';
import type { ForwardingRecord } from '../http/forwarding.ts';
import { type RuleId, rules } from '../http/rules.ts';
import type { CallLine, CallLines } from '../protocol/calls.ts';
import type { Endpoint } from '../protocol/capture.ts';
import type {
  ExchangeRowColumns,
  FilterProblem,
  FilterSuggestion,
  ListColumn,
  ListCommand,
  ListedRows,
  ListView,
} from '../protocol/exchangeList.ts';
import type { FollowedBlock, FollowedConnection, FollowedExchange } from '../protocol/follow.ts';
import type {
  CaptureSummary,
  Decompressed,
  ExchangeConnection,
  ExchangeDetail,
  ExchangeRow,
  ExchangeTimes,
  FileBytes,
  ImportedFrom,
  KeptBytes,
  MessageDetail,
  SegmentMark,
} from '../protocol/inspector.ts';
import type { ToInspector } from '../protocol/inspectorMessages.ts';
import { isListColumn } from './listColumns.ts';
import {
  arrayOf,
  type Check,
  instanceOf,
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
  number: isCount,
  method: isString,
  target: isString,
  status: isCount,
  type: isString,
  requestSize: isCount,
  responseSize: isCount,
  startedAt: isNumber,
  requestEndedAt: isNumber,
  respondedAt: isNumber,
  duration: orNull(isNumber),
  rule: isRule,
  aborted: isBoolean,
  beforeReload: isBoolean,
  imported: isBoolean,
  marked: isBoolean,
  comment: isString,
  connectionStart: isNumber,
  connectionEnd: isNumber,
  previousEndedAt: isNumber,
});

const isSegment = shape<SegmentMark>({ start: isCount, end: isCount, time: isNumber });
const areFileBytes = arrayOf(
  shape<FileBytes>({ start: isCount, end: isCount, path: isString, offset: isCount }),
);
const isKept = arrayOf(shape<KeptBytes>({ offset: isCount, bytes: isBytes }));

/** In order and without overlaps: everything drawn relies on it. */
const isKeptInOrder: Check<readonly KeptBytes[]> = (value): value is readonly KeptBytes[] =>
  isKept(value) &&
  value.every(({ offset }, i) => i === 0 || offset >= value[i - 1].offset + value[i - 1].bytes.length);

const isFollowed = shape<FollowedConnection>({
  key: isString,
  id: isCount,
  serverName: isString,
  peer: shape<Endpoint>({ address: isString, port: isCount }),
  openedAt: isNumber,
  closedAt: isNumber,
  closeReason: isString,
  total: isCount,
  first: isCount,
  blocks: arrayOf(
    shape<FollowedBlock>({
      direction: oneOf('received', 'sent'),
      start: isCount,
      end: isCount,
      time: isNumber,
      keptStart: isCount,
      kept: isBytes,
    }),
  ),
  timeBefore: isNumber,
  exchanges: arrayOf(
    shape<FollowedExchange>({
      key: isString,
      id: isCount,
      method: isString,
      target: isString,
      status: isCount,
      requestStart: isCount,
      responseStart: isIndex,
    }),
  ),
});

const isMessage = shape<MessageDetail>({
  direction: oneOf('received', 'sent'),
  length: isCount,
  complete: isBoolean,
  kept: isKeptInOrder,
  segments: arrayOf(isSegment),
  files: (value): value is readonly FileBytes[] | undefined => value === undefined || areFileBytes(value),
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
  responseStart: isNumber,
  readWithPrevious: isBoolean,
  readWithNext: isBoolean,
  openedAt: isNumber,
  closedAt: isNumber,
  closeReason: isString,
  exchangeCount: isCount,
  tls: isString,
});

const isDetail = shape<ExchangeDetail>({
  row: isRow,
  times: isTimes,
  connection: isConnection,
  serverName: isString,
  peer: shape<Endpoint>({ address: isString, port: isCount }),
  local: shape<Endpoint>({ address: isString, port: isCount }),
  imported: orNull(shape<ImportedFrom>({ file: isString, rebuilt: isBoolean })),
  ruleOffset: isNumber,
  forwarding: orNull(
    shape<ForwardingRecord>({
      server: isString,
      target: isString,
      connectedAt: isNumber,
      sentAt: isNumber,
      answeredAt: isNumber,
      endedAt: isNumber,
      problem: isString,
    }),
  ),
  request: isMessage,
  response: isMessage,
});

const isCalls = shape<CallLines>({
  lines: arrayOf(
    shape<CallLine>({
      text: isString,
      result: isString,
      kind: oneOf('waiting', 'receiving', 'sending', 'other', 'failed'),
      startedAt: isNumber,
      duration: isNumber,
      thread: isCount,
      process: isCount,
      count: isCount,
    }),
  ),
  total: isCount,
  untraced: oneOf('libuv', 'off', 'imported'),
  isIncomplete: isBoolean,
});

const isSummary = shape<CaptureSummary>({
  exchanges: isCount,
  displaced: isCount,
  leftOut: isCount,
  lostInReload: isCount,
});

const isView = shape<ListView>({
  query: isCount,
  count: isCount,
  removed: isNumber,
  words: isString,
  problem: orNull(shape<FilterProblem>({ message: isString, start: isCount, end: isCount })),
  progress: isNumber,
  arrivedWhilePaused: isCount,
});

const columnsHaveOneLength: Check<ExchangeRowColumns> = (value): value is ExchangeRowColumns => {
  const { runs, ...columns } = value as ExchangeRowColumns;
  return (
    columns.run.every((run) => run < runs.length) &&
    Object.values(columns).every(({ length }) => length === columns.id.length)
  );
};

const isRowColumnsShape = shape<ExchangeRowColumns>({
  runs: arrayOf(isString),
  run: instanceOf(Uint16Array),
  id: instanceOf(Float64Array),
  connection: instanceOf(Float64Array),
  number: instanceOf(Float64Array),
  method: arrayOf(isString),
  target: arrayOf(isString),
  type: arrayOf(isString),
  status: instanceOf(Uint16Array),
  requestSize: instanceOf(Float64Array),
  responseSize: instanceOf(Float64Array),
  startedAt: instanceOf(Float64Array),
  requestEndedAt: instanceOf(Float64Array),
  respondedAt: instanceOf(Float64Array),
  duration: instanceOf(Float64Array),
  rule: arrayOf(isRule),
  aborted: instanceOf(Uint8Array),
  beforeReload: instanceOf(Uint8Array),
  imported: instanceOf(Uint8Array),
  marked: instanceOf(Uint8Array),
  comment: arrayOf(isString),
  connectionStart: instanceOf(Float64Array),
  connectionEnd: instanceOf(Float64Array),
  previousEndedAt: instanceOf(Float64Array),
});

const isRowColumns: Check<ExchangeRowColumns> = (value): value is ExchangeRowColumns =>
  isRowColumnsShape(value) && columnsHaveOneLength(value);

const isSort = shape<Extract<ListCommand, { kind: 'sort' }>>({
  kind: oneOf('sort'),
  column: isListColumn,
  descending: isBoolean,
});
const isHide = shape<Extract<ListCommand, { kind: 'hideColumn' }>>({
  kind: oneOf('hideColumn'),
  column: isListColumn,
});
const isPlainCommand = shape<{ readonly kind: Exclude<ListCommand, { column: ListColumn }>['kind'] }>({
  kind: oneOf('unsort', 'chooseColumns', 'resetColumns'),
});
const isListCommand: Check<ListCommand> = (value): value is ListCommand =>
  isSort(value) || isHide(value) || isPlainCommand(value);

type Message<Type extends ToInspector['type']> = Extract<ToInspector, { type: Type }>;

const checks: { readonly [Type in ToInspector['type']]: Check<Message<Type>> } = {
  list: shape<Message<'list'>>({
    type: oneOf('list'),
    summary: isSummary,
    selectedIndex: isIndex,
    serverRuns: isBoolean,
    preserve: isBoolean,
    view: isView,
    rows: orNull(shape<ListedRows>({ start: isCount, rows: isRowColumns })),
  }),
  rows: shape<Message<'rows'>>({
    type: oneOf('rows'),
    query: isCount,
    start: isCount,
    rows: isRowColumns,
  }),
  suggestions: shape<Message<'suggestions'>>({
    type: oneOf('suggestions'),
    filter: isString,
    start: isCount,
    end: isCount,
    suggestions: arrayOf(shape<FilterSuggestion>({ text: isString, summary: isString })),
  }),
  filter: shape<Message<'filter'>>({ type: oneOf('filter'), filter: isString }),
  columns: shape<Message<'columns'>>({ type: oneOf('columns'), shown: arrayOf(isListColumn) }),
  listCommand: shape<Message<'listCommand'>>({ type: oneOf('listCommand'), command: isListCommand }),
  copyBytes: shape<Message<'copyBytes'>>({ type: oneOf('copyBytes'), format: oneOf(...byteFormats) }),
  detail: shape<Message<'detail'>>({ type: oneOf('detail'), detail: isDetail }),
  calls: shape<Message<'calls'>>({ type: oneOf('calls'), exchange: isString, calls: isCalls }),
  gone: shape<Message<'gone'>>({ type: oneOf('gone'), exchange: isString, reason: isString }),
  decompressed: shape<Message<'decompressed'>>({
    type: oneOf('decompressed'),
    number: isCount,
    result: shape<Decompressed>({ bytes: isBytes, end: oneOf('whole', 'cut', 'broken', 'unavailable') }),
  }),
  followed: shape<Message<'followed'>>({ type: oneOf('followed'), followed: isFollowed }),
  followedGone: shape<Message<'followedGone'>>({ type: oneOf('followedGone'), connection: isString }),
  followConnection: shape<Message<'followConnection'>>({
    type: oneOf('followConnection'),
    connection: isString,
  }),
  reveal: shape<Message<'reveal'>>({ type: oneOf('reveal'), exchange: isString }),
};

/** What the extension host sent; null where it is not a message of the protocol, and must not be used. */
export function asToInspector(value: unknown): ToInspector | null {
  const type: unknown = typeof value === 'object' && value !== null && 'type' in value ? value.type : null;
  for (const [name, check] of Object.entries(checks)) {
    if (name === type && check(value)) return value;
  }
  return null;
}
