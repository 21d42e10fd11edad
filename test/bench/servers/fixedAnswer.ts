/**
 * What is compared with as a bound: servers that look at nothing and answer each request with the same bytes.
 * Arguments: `net` or `http`, and the file whose size the answer has.
 */
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { announce } from './announce.ts';

const [kind, file] = process.argv.slice(2);
const body = readFileSync(file);
const fields: readonly (readonly [string, string])[] = [
  ['ETag', 'W/"abcdefghijk-abc"'],
  ['Last-Modified', 'Sat, 01 Jan 2000 00:00:00 GMT'],
  ['Cache-Control', 'no-cache'],
  ['Content-Type', 'text/html; charset=utf-8'],
  ['X-Content-Type-Options', 'nosniff'],
  ['Accept-Ranges', 'bytes'],
];

/** The ceiling: finds the empty line after a request, writes the prebuilt answer, all answers of a read at once. */
function netServer(): Server {
  const lines = [['Date', new Date().toUTCString()], ...fields, ['Content-Length', String(body.length)]];
  const head = `HTTP/1.1 200 OK\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  const answer = Buffer.concat([Buffer.from(head), body]);
  const emptyLine = Buffer.from('\r\n\r\n');
  const answerAll = (socket: Socket, input: Buffer): Buffer | null => {
    let start = 0;
    socket.cork();
    for (let end = input.indexOf(emptyLine); end >= 0; end = input.indexOf(emptyLine, start)) {
      socket.write(answer);
      start = end + emptyLine.length;
    }
    socket.uncork();
    return start < input.length ? input.subarray(start) : null;
  };
  return createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    let rest: Buffer | null = null;
    socket.on('data', (bytes) => {
      rest = answerAll(socket, rest === null ? bytes : Buffer.concat([rest, bytes]));
    });
    socket.on('end', () => socket.end());
    socket.on('error', () => socket.destroy());
  });
}

/** node:http with a fixed answer. */
function httpServer(): Server {
  const headers = Object.fromEntries([...fields, ['Content-Length', String(body.length)]]);
  return createHttpServer((_, response) => {
    response.writeHead(200, headers);
    response.end(body);
  });
}

announce(kind === 'net' ? netServer() : httpServer());
