import { rules } from '../../http/rules.ts';

export interface GalleryRequest {
  readonly group: 'Well-formed' | 'Malformed';
  readonly title: string;
  /** One character per byte. */
  readonly request: string;
}

const host = 'Host: localhost\r\n';

const wellFormed: readonly (readonly [title: string, request: string])[] = [
  ['GET', `GET / HTTP/1.1\r\n${host}\r\n`],
  ['HEAD', `HEAD / HTTP/1.1\r\n${host}\r\n`],
  ['GET that ends the connection', `GET / HTTP/1.1\r\n${host}Connection: close\r\n\r\n`],
  ['HTTP/1.0, without Host', 'GET / HTTP/1.0\r\n\r\n'],
  ['OPTIONS for the server as a whole', `OPTIONS * HTTP/1.1\r\n${host}\r\n`],
  ['Absolute form, as to a proxy', `GET http://localhost/ HTTP/1.1\r\n${host}\r\n`],
  ['Range: the first ten bytes', `GET / HTTP/1.1\r\n${host}Range: bytes=0-9\r\n\r\n`],
  ['A validator that never matches', `GET / HTTP/1.1\r\n${host}If-None-Match: "no"\r\n\r\n`],
  [
    'POST with a form',
    `POST / HTTP/1.1\r\n${host}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 7\r\n\r\na=1&b=2`,
  ],
  ['POST in chunks', `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`],
  [
    'POST that waits for 100 Continue',
    `POST / HTTP/1.1\r\n${host}Expect: 100-continue\r\nContent-Length: 2\r\n\r\nhi`,
  ],
  ['Two requests, pipelined', `GET / HTTP/1.1\r\n${host}\r\nGET /second HTTP/1.1\r\n${host}\r\n`],
  ['Names of fields in any case', `GET / HTTP/1.1\r\nhOsT: localhost\r\naCCEPT: */*\r\n\r\n`],
  ['An empty line first', `\r\nGET / HTTP/1.1\r\n${host}\r\n`],
];

/** Requests to start from: good ones, and the example of every rule that bytes alone can break. */
export const gallery: readonly GalleryRequest[] = [
  ...wellFormed.map(([title, request]) => ({ group: 'Well-formed', title, request }) as const),
  ...Object.entries(rules).flatMap(([id, { message, example }]) =>
    message === 'request' && example !== null
      ? [{ group: 'Malformed', title: id, request: example } as const]
      : [],
  ),
];
