import type { Socket } from 'node:net';
import {
  createServer as createTlsServer,
  type TLSSocket,
  type TlsOptions,
  type Server as TlsServer,
} from 'node:tls';
import { carrierOf, LibuvConnection, listenWith, type Turns } from './libuv.ts';
import { tlsFailure } from './tlsFailure.ts';
import type { Addresses, ListenerEvents, Transport } from './transport.ts';

/** First byte of a TLS record that carries a handshake (RFC 8446 section 5.1): no request starts with it. */
const handshakeRecord = 22;

/** A certificate with its key, as node:tls takes them. */
export type Credentials = Pick<TlsOptions, 'cert' | 'key' | 'pfx' | 'passphrase'>;

/**
 * The transport that stands on node:tls. Bytes are those inside TLS. A client that speaks without it gets a connection of
 * its own kind, so that it can be told.
 *
 * @param handshakeTime milliseconds from the moment a client is there to the end of its handshake
 */
export function secureTransport(credentials: Credentials, handshakeTime: number): Transport {
  return {
    async listen(options, events) {
      const handshakes = new Handshakes(events, handshakeTime);
      const listener = await listenWith(options, events, (turns) => handshakes.taker(credentials, turns));
      return {
        ...listener,
        close() {
          const closed = listener.close();
          handshakes.abandon();
          return closed;
        },
      };
    },
  };
}

/** The clients of a listener whose handshake is not complete. */
class Handshakes {
  private readonly events: ListenerEvents;
  private readonly time: number;
  /** By their sockets below TLS. */
  private readonly open = new Map<Socket, Handshake>();

  constructor(events: ListenerEvents, time: number) {
    this.events = events;
    this.time = time;
  }

  /** Returns what takes the sockets that are accepted. */
  taker(credentials: Credentials, turns: Turns): (socket: Socket) => void {
    const secure = createTlsServer({ ...credentials, ALPNProtocols: ['http/1.1'] });
    secure.on('secureConnection', (socket) => this.complete(socket, turns));
    secure.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
      this.refuse(carrierOf(socket), tlsFailure(error.code ?? ''));
      socket.destroy();
    });
    return (socket) => this.begin(socket, secure, turns);
  }

  /** Lets go of all of them. */
  abandon(): void {
    for (const socket of [...this.open.keys()]) {
      this.settled(socket);
      socket.destroy();
    }
  }

  private begin(socket: Socket, secure: TlsServer, turns: Turns): void {
    const addresses = addressesOf(socket);
    socket.on('error', () => {});
    if (this.events.approached?.(addresses) === false) {
      socket.destroy();
      return;
    }
    const handshake = new Handshake(addresses, this.time, (reason) => this.refuse(socket, reason));
    this.open.set(socket, handshake);
    socket.once('close', () =>
      this.refuse(socket, handshake.hasBegun ? tlsFailure('ECONNRESET') : beforeHandshake),
    );
    socket.once('readable', () => {
      const first: Buffer | null = socket.read(1);
      if (first === null) {
        this.refuse(socket, beforeHandshake);
        return;
      }
      socket.unshift(first);
      if (first[0] === handshakeRecord) {
        handshake.hasBegun = true;
        // A client that ends within the handshake is gone. Once it is complete, half-closing is allowed again.
        socket.allowHalfOpen = false;
        secure.emit('connection', socket);
      } else {
        this.settled(socket);
        new LibuvConnection(socket, this.events, turns, 'withoutTls');
      }
    });
  }

  private complete(socket: TLSSocket, turns: Turns): void {
    if (this.settled(carrierOf(socket)) === undefined) {
      // It has just been given up, and its place with it.
      socket.destroy();
      return;
    }
    socket.allowHalfOpen = true;
    new LibuvConnection(socket, this.events, turns, 'tls');
  }

  private refuse(socket: Socket, reason: string): void {
    const handshake = this.settled(socket);
    if (handshake !== undefined) this.events.refused?.(handshake.addresses, reason);
    socket.destroy();
  }

  /** Takes a client out; undefined where it was out already. */
  private settled(socket: Socket): Handshake | undefined {
    const handshake = this.open.get(socket);
    handshake?.settle();
    this.open.delete(socket);
    return handshake;
  }
}

const beforeHandshake = 'The client closed the connection before the TLS handshake.';

/** A client within its TLS handshake, which has a time limit: it may be silent, or send a byte now and then. */
class Handshake {
  readonly addresses: Addresses;
  /** It has sent the first byte of a handshake. */
  hasBegun = false;
  private readonly timer: NodeJS.Timeout;

  constructor(addresses: Addresses, patience: number, tooLate: (reason: string) => void) {
    this.addresses = addresses;
    this.timer = setTimeout(
      () => tooLate(`The client did not ${this.hasBegun ? 'finish' : 'begin'} the TLS handshake in time.`),
      patience,
    );
    this.timer.unref();
  }

  settle(): void {
    clearTimeout(this.timer);
  }
}

function addressesOf(socket: Socket): Addresses {
  return {
    peer: { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 },
    local: { address: socket.localAddress ?? '', port: socket.localPort ?? 0 },
  };
}
