import { gzipSync } from 'node:zlib';
import { bytesOf, type ExampleExchange } from './exchanges.ts';

const json = '{"items":[{"id":1,"name":"café"},{"id":2,"tags":["a","b"]}],"total":2}';
const utf8 = (text: string) => Buffer.from(text).toString('latin1');
const gzipped = gzipSync(json).toString('latin1');
/** One red pixel. */
const pixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';

/** A form with a picture, answered with gzipped JSON in chunks. */
export const formExchange: ExampleExchange = (() => {
  const form =
    '--b0und\r\nContent-Disposition: form-data; name="title"\r\n\r\nHello <b>\r\n' +
    '--b0und\r\nContent-Disposition: form-data; name="data"; filename="a.json"\r\nContent-Type: application/json\r\n\r\n{"a":[1,2]}\r\n' +
    '--b0und--\r\n';
  const half = gzipped.length >> 1;
  const chunk = (data: string) => `${data.length.toString(16)}\r\n${data}\r\n`;
  return {
    id: 1,
    request:
      'POST /api/items?tag=caf%C3%A9+noir&tag=2&empty= HTTP/1.1\r\nHost: localhost:5500\r\nCookie: session=abc123; theme=dark\r\n' +
      `Accept-Encoding: gzip, deflate, br\r\nContent-Type: multipart/form-data; boundary=b0und\r\nContent-Length: ${form.length}\r\n\r\n${form}`,
    response:
      'HTTP/1.1 201 Created\r\nDate: Mon, 21 Sep 2026 14:13:20 GMT\r\nContent-Type: application/json; charset=utf-8\r\n' +
      'Content-Encoding: gzip\r\nVary: Accept-Encoding\r\nLocation: /api/items/3\r\nSet-Cookie: session=def; Path=/; HttpOnly; Max-Age=3600\r\n' +
      `Cache-Control: no-store\r\nTransfer-Encoding: chunked\r\n\r\n${chunk(gzipped.slice(0, half))}${chunk(gzipped.slice(half))}0\r\n\r\n`,
    requestSegments: [
      { start: 0, end: 120, time: 1_790_000_000_000 },
      { start: 120, end: 500, time: 1_790_000_000_041 },
    ],
    times: {
      startedAt: 1_790_000_000_000,
      headAt: 1_790_000_000_041,
      requestEndedAt: 1_790_000_000_041.2,
      respondedAt: 1_790_000_000_045,
      endedAt: 1_790_000_000_046,
    },
    responseSegments: [{ start: 0, end: 300, time: 1_790_000_000_045.5 }],
    connection: { openedAt: 1_789_999_999_999.7 },
  };
})();

export const jsonExchange: ExampleExchange = {
  id: 2,
  request:
    'GET /api/items HTTP/1.1\r\nHost: localhost:5500\r\nAccept: application/json\r\nIf-None-Match: "1"\r\n\r\n',
  response:
    'HTTP/1.1 200 OK\r\nDate: Mon, 21 Sep 2026 14:13:20 GMT\r\nContent-Type: application/json\r\nETag: "2"\r\n' +
    `Content-Length: ${utf8(json).length}\r\n\r\n${utf8(json)}`,
};

export const pictureExchange: ExampleExchange = (() => {
  const bytes = Buffer.from(pixel, 'base64').toString('latin1');
  return {
    id: 3,
    request: 'GET /dot.png HTTP/1.1\r\nHost: localhost:5500\r\n\r\n',
    response: `HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: ${bytes.length}\r\n\r\n${bytes}`,
  };
})();

const page =
  '<!doctype html>\n<title>Spark</title>\n<script src="app.js"></script>\n<h1>It is served.</h1>\n';

/** A page whose Content-Length promises more than was sent: the browser shows an error, or half a page. */
export const shortPageExchange: ExampleExchange = {
  id: 4,
  request:
    'GET /index.html HTTP/1.1\r\nHost: localhost:5500\r\nAccept: text/html\r\nAccept-Encoding: gzip\r\n\r\n',
  response:
    'HTTP/1.1 200 OK\r\nDate: Mon, 21 Sep 2026 14:13:20 GMT\r\nContent-Type: text/html; charset=utf-8\r\nETag: "1"\r\n' +
    `Cache-Control: no-cache\r\nContent-Length: ${page.length + 400}\r\n\r\n${page}`,
  row: { aborted: true },
  connection: { closedAt: 1_790_000_000_500, closeReason: 'The file was changed while it was sent.' },
};

export const postedFormExchange: ExampleExchange = {
  id: 5,
  request:
    'POST /login HTTP/1.1\r\nHost: localhost:5500\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 32\r\n\r\nname=Ada+Lovelace&city=K%C3%B6ln',
  response: 'HTTP/1.1 303 See Other\r\nLocation: /\r\nContent-Length: 0\r\n\r\n',
};

/** A body of so many bytes, none of which was kept beyond the first mebibyte. */
export function largeExchange(size: number): ExampleExchange {
  const head = `HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${size}\r\n\r\n`;
  const kept = head.length + 1024 * 1024;
  const bytes = new Uint8Array(kept).fill(0x61);
  bytes.set(bytesOf(head));
  return {
    id: 6,
    request: 'GET /large.txt HTTP/1.1\r\nHost: localhost:5500\r\n\r\n',
    response: head,
    responseKept: [{ offset: 0, bytes }],
    responseLength: head.length + size,
  };
}
