import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A client that sends the bytes it is told to, and keeps what comes back. One byte is one character. */
export class Client {
  received = '';
  /** The errno name of what ended the connection; empty for an orderly end. */
  error = '';
  readonly socket: Socket;
  /** Its own port, known for ever. */
  localPort = 0;
  private readonly gone: Promise<void>;
  /** The server has closed its side. */
  private readonly ended: Promise<void>;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('latin1').on('data', (text: string) => {
      this.received += text;
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.error = error.code ?? error.message;
    });
    this.gone = new Promise((resolve) => socket.once('close', () => resolve()));
    this.ended = new Promise((resolve) => socket.once('end', () => resolve()));
  }

  static async connect(port: number): Promise<Client> {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const client = new Client(socket);
    await once(socket, 'connect');
    client.localPort = socket.localPort ?? 0;
    return client;
  }

  send(text: string): this {
    this.socket.write(text, 'latin1');
    return this;
  }

  /** Resolves when `pattern` matches what came; rejects where the connection ends before it does. */
  until(pattern: RegExp): Promise<string> {
    return this.when(() => pattern.test(this.received), `${pattern}`);
  }

  /** Resolves when `count` bytes have come; rejects where the connection ends before. */
  untilLength(count: number): Promise<string> {
    return this.when(() => this.received.length >= count, `${count} bytes`);
  }

  private async when(met: () => boolean, what: string): Promise<string> {
    while (!met()) {
      const ended = await Promise.race([
        once(this.socket, 'data').then(
          () => false,
          () => true,
        ),
        this.gone.then(() => true),
        this.ended.then(() => true),
      ]);
      if (ended && !met()) {
        const start = JSON.stringify(this.received.slice(0, 500));
        throw new Error(`The connection ended without ${what}: ${start}`);
      }
    }
    return this.received;
  }

  /** All that came, when the server has closed its side and this one has followed. */
  async untilEnd(): Promise<string> {
    if (!this.socket.readableEnded && !this.socket.destroyed) await once(this.socket, 'end').catch(() => []);
    this.socket.end();
    await this.gone;
    return this.received;
  }

  /** Resets the connection; resolves when the socket is closed. */
  reset(): Promise<void> {
    this.socket.resetAndDestroy();
    return this.gone;
  }
}

/** One request on a connection of its own; the response, head and body. */
export async function ask(port: number, request: string): Promise<string> {
  const client = await Client.connect(port);
  return client.send(request).untilEnd();
}

/** A request of HTTP/1.1 after which the connection closes. */
export function requestOf(target: string, method = 'GET', fields = ''): string {
  return `${method} ${target} HTTP/1.1\r\nHost: localhost\r\n${fields}Connection: close\r\n\r\n`;
}

export function statusOf(response: string): number {
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(response)?.[1] ?? 0);
}

export function bodyOf(response: string): string {
  return response.slice(response.indexOf('\r\n\r\n') + 4);
}
