import { connect, type Socket } from 'node:net';

/** What the clients saw: the server's own count has to agree with it. */
export class Seen {
  /** Ids of requests whose whole answer came. */
  readonly answered = new Set<string>();
  /** Ids of requests that were sent, whole or not. */
  asked = 0;
  /** Answers that were not what they had to be. */
  readonly wrong: string[] = [];

  next(): string {
    return `r${++this.asked}`;
  }
}

/** One client's visit, on a connection of its own; resolves when the connection is gone. */
export type Visit = (port: number, seen: Seen) => Promise<void>;

const largeLength = 1024 * 1024;

function opened(port: number, talk: (socket: Socket) => void): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.on('error', () => {});
    socket.on('close', () => resolve());
    socket.on('connect', () => talk(socket));
  });
}

const get = (id: string, path: string, fields = '') =>
  `GET ${path}?${id} HTTP/1.1\r\nHost: localhost\r\n${fields}\r\n`;

/** Asks again and again on one connection. */
const keepAlive: Visit = (port, seen) =>
  opened(port, (socket) => {
    let left = 20;
    let id = '';
    let text = '';
    const ask = (): void => {
      id = seen.next();
      text = '';
      socket.write(get(id, '/'));
    };
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      if (!text.endsWith('</html>\n')) return;
      if (!text.startsWith('HTTP/1.1 200 OK\r\n')) seen.wrong.push(`keep-alive: ${text.slice(0, 60)}`);
      seen.answered.add(id);
      if (--left > 0) ask();
      else socket.end();
    });
    ask();
  });

/** Sends ten requests at once. */
const pipelined: Visit = (port, seen) =>
  opened(port, (socket) => {
    const ids = Array.from({ length: 10 }, () => seen.next());
    let text = '';
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
    });
    socket.on('end', () => {
      const count = text.split('HTTP/1.1 200 OK\r\n').length - 1;
      if (count === ids.length) for (const id of ids) seen.answered.add(id);
      else seen.wrong.push(`pipelined: ${count} answers`);
    });
    socket.write(ids.map((id, i) => get(id, '/', i === 9 ? 'Connection: close\r\n' : '')).join(''));
  });

/** Takes a large file, in its own time. */
const slowReader: Visit = (port, seen) =>
  opened(port, (socket) => {
    const id = seen.next();
    let length = 0;
    let head = -1;
    socket.on('data', (bytes) => {
      if (head < 0) head = bytes.indexOf('\r\n\r\n') + 4;
      length += bytes.length;
      socket.pause();
      setTimeout(() => socket.resume(), 20);
    });
    socket.on('end', () => {
      if (length - head === largeLength) seen.answered.add(id);
      else seen.wrong.push(`slow reader: ${length - head} bytes`);
    });
    socket.write(get(id, '/large.bin', 'Connection: close\r\n'));
  });

/** Sends its request byte by byte. */
const slowWriter: Visit = (port, seen) =>
  opened(port, (socket) => {
    const id = seen.next();
    const text = get(id, '/', 'Connection: close\r\n');
    let sent = 0;
    const timer = setInterval(() => {
      if (sent < text.length) socket.write(text[sent++]);
      else clearInterval(timer);
    }, 20);
    socket.on('close', () => clearInterval(timer));
    let answer = '';
    socket.on('data', (bytes) => {
      answer += bytes.toString('latin1');
    });
    socket.on('end', () => {
      if (answer.startsWith('HTTP/1.1 200 OK\r\n')) seen.answered.add(id);
      else seen.wrong.push(`slow writer: ${answer.slice(0, 60)}`);
    });
  });

const malformed: readonly (readonly [request: (id: string) => string, status: number])[] = [
  [(id) => `GET /?${id} HTTP/1.1\r\n\r\n`, 400],
  [(id) => `GET /?${id} HTTP/1.1\r\nHost : localhost\r\n\r\n`, 400],
  [(id) => `GET /?${id} HTTP/3.0\r\nHost: localhost\r\n\r\n`, 505],
  [(id) => `POST /?${id} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n`, 400],
  [(id) => `GET /?${id} HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`, 431],
  [(id) => `POST /?${id} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip, chunked\r\n\r\n`, 501],
];

/** Breaks a rule, and goes on sending. */
const bad: Visit = (port, seen) =>
  opened(port, (socket) => {
    const id = seen.next();
    const [request, status] = malformed[seen.asked % malformed.length];
    let answer = '';
    socket.on('data', (bytes) => {
      answer += bytes.toString('latin1');
    });
    socket.on('end', () => {
      if (answer.startsWith(`HTTP/1.1 ${status} `)) seen.answered.add(id);
      else seen.wrong.push(`bad: ${answer.slice(0, 60)} instead of ${status}`);
    });
    socket.write(request(id) + get('after', '/'));
  });

/** Goes away: before it has asked, in the middle of asking, or of being answered. */
const vanishing: Visit = (port, seen) =>
  opened(port, (socket) => {
    const kind = seen.asked % 3;
    const id = seen.next();
    if (kind === 1) socket.write(get(id, '/').slice(0, 20));
    if (kind === 2) socket.write(get(id, '/large.bin'));
    setTimeout(() => socket.resetAndDestroy(), kind * 5);
  });

export const visits: readonly Visit[] = [keepAlive, pipelined, slowReader, slowWriter, bad, vanishing];
export const largeFileLength = largeLength;
