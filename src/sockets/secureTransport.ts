import type { Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { carrierOf, LibuvConnection, listenWith } from './libuv.ts';
import { tlsFailure } from './tlsFailure.ts';
import type { Addresses, Transport } from './transport.ts';

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
      /** Clients whose handshake is not complete, by their sockets below TLS. */
      const beginners = new Map<Socket, Beginner>();
      const settled = (socket: Socket): Beginner | undefined => {
        const beginner = beginners.get(socket);
        beginner?.settle();
        beginners.delete(socket);
        return beginner;
      };
      const listener = await listenWith(options, events, (turns) => {
        const secure = createTlsServer({ ...credentials, ALPNProtocols: ['http/1.1'] });
        secure.on('secureConnection', (socket) => {
          if (settled(carrierOf(socket)) === undefined) {
            // It has just been given up, and its place with it.
            socket.destroy();
            return;
          }
          socket.allowHalfOpen = true;
          new LibuvConnection(socket, events, turns, 'tls');
        });
        const refuse = (socket: Socket, reason: string): void => {
          const beginner = settled(socket);
          if (beginner !== undefined) events.refused?.(beginner.addresses, reason);
          socket.destroy();
        };
        secure.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
          refuse(carrierOf(socket), tlsFailure(error.code ?? ''));
          socket.destroy();
        });
        return (socket) => {
          const addresses = addressesOf(socket);
          socket.on('error', () => {});
          if (events.approached?.(addresses) === false) {
            socket.destroy();
            return;
          }
          const beginner = new Beginner(addresses, handshakeTime, (reason) => refuse(socket, reason));
          beginners.set(socket, beginner);
          socket.once('close', () =>
            refuse(socket, beginner.hasBegun ? tlsFailure('ECONNRESET') : beforeHandshake),
          );
          socket.once('readable', () => {
            const first: Buffer | null = socket.read(1);
            if (first === null) {
              refuse(socket, beforeHandshake);
              return;
            }
            socket.unshift(first);
            if (first[0] === handshakeRecord) {
              beginner.hasBegun = true;
              // Who ends within the handshake is gone. What is agreed on, allows it again.
              socket.allowHalfOpen = false;
              secure.emit('connection', socket);
            } else {
              settled(socket);
              new LibuvConnection(socket, events, turns, 'withoutTls');
            }
          });
        };
      });
      return {
        ...listener,
        close() {
          const closed = listener.close();
          for (const socket of [...beginners.keys()]) {
            settled(socket);
            socket.destroy();
          }
          return closed;
        },
      };
    },
  };
}

const beforeHandshake = 'The client closed the connection before the TLS handshake.';

/** A client within its TLS handshake, which has a time limit: it may be silent, or send a byte now and then. */
class Beginner {
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
