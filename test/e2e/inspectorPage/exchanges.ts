import type { RuleId } from '../../../src/http/rules.ts';
import type {
  ExchangeConnection,
  ExchangeDetail,
  ExchangeRow,
  ExchangeTimes,
  KeptBytes,
  SegmentMark,
} from '../../../src/protocol/inspector.ts';

/** One character per byte, so that a test can write any byte as it stands. */
export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

export interface ExampleExchange {
  readonly id: number;
  readonly request: string;
  readonly response?: string;
  readonly row?: Partial<ExchangeRow>;
  readonly rule?: { readonly id: RuleId; readonly offset: number };
  /** Overrides the bytes of the response: what was kept, and how long it was. */
  readonly responseKept?: readonly KeptBytes[];
  readonly responseLength?: number;
  readonly times?: Partial<ExchangeTimes>;
  readonly connection?: Partial<ExchangeConnection>;
  readonly requestSegments?: readonly SegmentMark[];
  readonly responseSegments?: readonly SegmentMark[];
}

/** An exchange as the extension host sends it. */
export function exampleDetail(example: ExampleExchange): ExchangeDetail {
  const request = bytesOf(example.request);
  const kept = example.responseKept ?? [{ offset: 0, bytes: bytesOf(example.response ?? '') }];
  const length =
    example.responseLength ?? kept.reduce((end, run) => Math.max(end, run.offset + run.bytes.length), 0);
  const [method = '', target = ''] = example.request.split(/[ \r\n]/);
  const row: ExchangeRow = {
    key: `run/${example.id}`,
    id: example.id,
    connection: Math.ceil(example.id / 4),
    method,
    target,
    status: Number(/^HTTP\/1\.. (\d+)/.exec(example.response ?? '')?.[1] ?? 0),
    number: ((example.id - 1) % 4) + 1,
    type: /Content-Type: ([^;\r]+)/.exec(example.response ?? '')?.[1] ?? '',
    requestSize: request.length,
    responseSize: length,
    startedAt: 1_790_000_000_000 + example.id * 3,
    requestEndedAt: 1_790_000_000_000.2 + example.id * 3,
    respondedAt: 1_790_000_000_000.9 + example.id * 3,
    duration: 1.4,
    rule: example.rule?.id ?? '',
    aborted: false,
    beforeReload: false,
    marked: false,
    imported: false,
    comment: '',
    connectionStart: 1_790_000_000_000,
    connectionEnd: 1_790_000_000_020,
    previousEndedAt: example.id % 4 === 1 ? 0 : 1_790_000_000_000 + example.id * 3 - 1.6,
    ...example.row,
  };
  return {
    row,
    times: {
      startedAt: row.startedAt,
      headAt: row.startedAt,
      requestEndedAt: row.startedAt + 0.1,
      respondedAt: length > 0 ? row.startedAt + 0.9 : 0,
      endedAt: length > 0 ? row.startedAt + 1.4 : 0,
      ...example.times,
    },
    connection: {
      exchangeNumber: 1,
      requestStart: 0,
      responseStart: length > 0 ? 0 : -1,
      readWithPrevious: false,
      readWithNext: false,
      openedAt: row.startedAt - 0.3,
      closedAt: 0,
      closeReason: '',
      exchangeCount: 1,
      tls: '',
      ...example.connection,
    },
    serverName: 'site',
    peer: { address: '127.0.0.1', port: 51_000 + row.connection },
    local: { address: '127.0.0.1', port: 5500 },
    imported: null,
    forwarding: null,
    ruleOffset: example.rule?.offset ?? 0,
    request: {
      direction: 'received',
      length: request.length,
      complete: example.rule === undefined,
      kept: [{ offset: 0, bytes: request }],
      segments: example.requestSegments ?? [],
    },
    response: {
      direction: 'sent',
      length,
      complete: length > 0,
      kept,
      segments: example.responseSegments ?? [],
    },
  };
}

const browserFields =
  'Host: localhost:5500\r\n' +
  'Connection: keep-alive\r\n' +
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36\r\n' +
  'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n' +
  'Sec-Fetch-Site: none\r\n' +
  'Sec-Fetch-Mode: navigate\r\n' +
  'Accept-Encoding: gzip, deflate, br, zstd\r\n' +
  'Accept-Language: en-GB,en;q=0.9\r\n';

const page =
  '<!doctype html>\n<title>Spark</title>\n<link rel="stylesheet" href="style.css">\n<h1>It is served.</h1>\n';

export const pageExchange: ExampleExchange = {
  id: 1,
  request: `GET /index.html?from=start HTTP/1.1\r\n${browserFields}\r\n`,
  response:
    'HTTP/1.1 200 OK\r\nDate: Mon, 21 Sep 2026 14:13:20 GMT\r\nContent-Type: text/html; charset=utf-8\r\n' +
    `ETag: W/"64-1920c5a1f40"\r\nCache-Control: no-cache\r\nContent-Length: ${page.length}\r\n\r\n${page}`,
};

const malformedHead =
  'GET /api/items HTTP/1.1\r\nHost: localhost:5500\r\nX-Token : 42\r\nAccept: */*\r\n\r\n';

export const malformedExchange: ExampleExchange = {
  id: 2,
  request: malformedHead,
  response:
    'HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 11\r\nConnection: close\r\n\r\nBad request',
  rule: { id: 'space-before-colon', offset: malformedHead.indexOf(' : 42') },
};

export const chunkedExchange: ExampleExchange = {
  id: 3,
  request:
    'POST /api/items HTTP/1.1\r\nHost: localhost:5500\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n' +
    'Trailer: Checksum\r\n\r\n9\r\n{"name":"\r\nb;part=2\r\nspark","n":\r\n3\r\n1}\n\r\n0\r\nChecksum: 1f\r\n\r\n',
  response: 'HTTP/1.1 204 No Content\r\nDate: Mon, 21 Sep 2026 14:13:21 GMT\r\n\r\n',
};

/** What must show as text and do nothing: markup, a terminal escape, bidirectional marks, broken UTF-8, NUL. */
export const hostileExchange: ExampleExchange = {
  id: 4,
  request:
    'GET /<script>window.stolen=1</script> HTTP/1.1\r\nHost: localhost:5500\r\n' +
    'X-Markup: "><img src=x onerror=window.stolen=1>\r\nX-Escape: \x1b[31mred\r\n' +
    'X-Mirrored: \xe2\x80\xaegnp.exe\r\nX-Broken: \xff\xfe\xc3\r\n\r\n',
  response:
    'HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nContent-Length: 37\r\n\r\n<script>window.stolen=1</script>\0\x1b[2J',
};

/** Any number of rows, as a busy server leaves them. */
export function manyRows(count: number): ExchangeRow[] {
  const targets = [
    '/index.html',
    '/style.css',
    '/app.js',
    '/images/logo.svg',
    '/api/items?page=2',
    '/favicon.ico',
  ];
  const statuses = [200, 200, 304, 200, 201, 404];
  return Array.from({ length: count }, (_, i) => ({
    key: `run/${i + 1}`,
    id: i + 1,
    connection: 1 + Math.floor(i / 6),
    number: 1 + (i % 6),
    method: i % 6 === 4 ? 'POST' : 'GET',
    target: targets[i % 6],
    status: statuses[i % 6],
    type: ['text/html', 'text/css', 'text/javascript', 'image/svg+xml', 'application/json', ''][i % 6],
    requestSize: 380 + (i % 50),
    responseSize: 900 + ((i * 7919) % 40_000),
    startedAt: 1_790_000_000_000 + i,
    requestEndedAt: 1_790_000_000_000.1 + i,
    respondedAt: 1_790_000_000_000.3 + i,
    duration: i === count - 1 ? null : 0.4 + (i % 90) / 10,
    rule: i % 97 === 13 ? 'host-missing' : '',
    aborted: i % 131 === 17,
    beforeReload: i < 4,
    marked: i % 50 === 7,
    imported: false,
    comment: i % 50 === 7 ? 'Compare with the one before.' : '',
    connectionStart: 1_790_000_000_000 + i - (i % 6),
    connectionEnd: 1_790_000_000_012 + i - (i % 6),
    previousEndedAt: i % 6 === 0 ? 0 : 1_790_000_000_000 + i - (i % 3 === 0 ? -0.2 : 0.4),
  }));
}
