import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import type { Duplex } from 'node:stream';

/** A debugger that sends commands of the inspector's protocol, and knows the answers by a text in them. */
export class InspectorClient {
  private readonly socket: Duplex;
  private readonly gone: Promise<void>;
  private commands = 0;
  private received = '';

  private constructor(socket: Duplex) {
    this.socket = socket;
    this.gone = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.setEncoding('latin1').on('data', (text: string) => {
      this.received += text;
    });
    // It may be cut when the process ends.
    socket.on('error', () => undefined);
  }

  /** @param url as `ws://127.0.0.1:PORT/ID`; opened by the handshake of RFC 6455 section 4.1 */
  static async connect(url: string): Promise<InspectorClient> {
    const handshake = request(url.replace(/^ws:/, 'http:'), {
      headers: {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
      },
    });
    const [, socket] = await once(handshake.end(), 'upgrade');
    return new InspectorClient(socket);
  }

  send(method: string, params: Record<string, unknown> = {}): void {
    this.socket.write(textFrame(JSON.stringify({ id: ++this.commands, method, params })));
  }

  /**
   * Lets a process go on that waits for a debugger. It may be about to wait only, and then does not hear of it: so it is
   * told until it has happened.
   */
  async release<Result>(happened: Promise<Result>): Promise<Result> {
    const again = setInterval(() => this.send('Runtime.runIfWaitingForDebugger'), 100);
    try {
      return await happened;
    } finally {
      clearInterval(again);
    }
  }

  /** Resolves once a text has come, as the name of an event. */
  async hear(text: string): Promise<void> {
    while (!this.received.includes(text)) await once(this.socket, 'data');
  }

  /** Resolves when the process has closed the connection, or ended. */
  ended(): Promise<void> {
    return this.gone;
  }

  close(): void {
    this.socket.destroy();
  }
}

/** One final text frame with a mask of zeros (RFC 6455 section 5.2): of fewer than 126 bytes. */
function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  if (payload.length > 125) throw new Error(`${payload.length} bytes are too many for a short frame.`);
  return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
}
