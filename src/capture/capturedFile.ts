import type { Direction } from '../protocol/capture.ts';
import type { ConnectionKey } from '../protocol/follow.ts';
import type { ExchangeKey, ExchangeRow } from '../protocol/inspector.ts';
import type { DumpForm } from './byteDump.ts';
import type { CaptureSource } from './captureSource.ts';

/** One of the two messages of an exchange. */
export type MessageName = 'request' | 'response';

/** `body`: as sent, with what delimits chunks; `decodedBody`: without it, and without content codings. */
export type MessagePart = 'message' | 'body' | 'decodedBody';

/** What was captured, as a file. */
export type CapturedFile =
  | {
      readonly kind: 'message';
      readonly exchange: ExchangeKey;
      readonly message: MessageName;
      readonly part: MessagePart;
    }
  /** Both messages as text. */
  | { readonly kind: 'dump'; readonly exchange: ExchangeKey; readonly form: DumpForm }
  | {
      readonly kind: 'stream';
      readonly connection: ConnectionKey;
      readonly direction: Direction;
    };

const partEndings: Readonly<Record<MessagePart, string>> = {
  message: '',
  body: '-body',
  decodedBody: '-body-decoded',
};

/** The path of a file; its last part says what it is, for it is the title of an editor. */
export function pathOfFile(file: CapturedFile): string {
  switch (file.kind) {
    case 'message':
      return `${entryPath('exchange', file.exchange)}-${file.message}${partEndings[file.part]}.bin`;
    case 'dump':
      return `${entryPath('exchange', file.exchange)}${file.form === 'compared' ? '-compared' : ''}.txt`;
    case 'stream':
      return `${entryPath('connection', file.connection)}-${file.direction}.bin`;
  }
}

function entryPath(kind: 'exchange' | 'connection', key: ExchangeKey | ConnectionKey): string {
  const slash = key.lastIndexOf('/');
  return `/${key.slice(0, slash)}/${kind}-${key.slice(slash + 1)}`;
}

/** What a path names; null where it names nothing of a capture. */
export function fileOfPath(path: string): CapturedFile | null {
  const message = /^\/([^/]+)\/exchange-(\d{1,15})-(request|response)(|-body|-body-decoded)\.bin$/.exec(path);
  if (message !== null) {
    const [, run, exchange, name, ending] = message;
    const part = ending === '' ? 'message' : ending === '-body' ? 'body' : 'decodedBody';
    return {
      kind: 'message',
      exchange: `${run}/${exchange}`,
      message: name === 'request' ? 'request' : 'response',
      part,
    };
  }
  const dump = /^\/([^/]+)\/exchange-(\d{1,15})(-compared|)\.txt$/.exec(path);
  if (dump !== null) {
    const [, run, exchange, form] = dump;
    return { kind: 'dump', exchange: `${run}/${exchange}`, form: form === '' ? 'whole' : 'compared' };
  }
  const stream = /^\/([^/]+)\/connection-(\d{1,15})-(received|sent)\.bin$/.exec(path);
  if (stream === null) return null;
  const [, run, connection, direction] = stream;
  return {
    kind: 'stream',
    connection: `${run}/${connection}`,
    direction: direction === 'sent' ? 'sent' : 'received',
  };
}

/** Changes whenever a file may hold something else; empty where what it is of is not stored. */
export function fileState(capture: CaptureSource, file: CapturedFile): string {
  if (file.kind === 'stream') {
    const version = capture.connectionVersion(file.connection);
    return version === 0 ? '' : String(version);
  }
  const index = capture.indexOf(file.exchange);
  const [row] = index < 0 ? [] : capture.rows(index, index + 1);
  return row === undefined ? '' : rowState(row);
}

function rowState(row: ExchangeRow): string {
  const { requestSize, responseSize, status, rule, aborted, duration, comment } = row;
  return [requestSize, responseSize, status, rule, aborted, duration, comment].join(' ');
}
