import type { Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { carrierOf, LibuvConnection, listenWith } from './libuv.ts';
import { tlsFailure } from './tlsFailure.ts';
import type { ListenerEvents, Transport } from './transport.ts';

/** First byte of a TLS record that carries a handshake (RFC 8446 section 5.1): no request starts with it. */
const handshakeRecord = 22;

/** A certificate with its key, as node:tls takes them. */
export type Credentials = Pick<TlsOptions, 'cert' | 'key' | 'pfx' | 'passphrase'>;

/**
 * The transport that stands on node:tls. Bytes are those inside TLS. A client that speaks without it gets a connection of
 * its own kind, so that it can be told.
 *
 * @param handshakeTime milliseconds that a client may take for the handshake
 */
export function secureTransport(credentials: Credentials, handshakeTime: number): Transport {
  return {
    async listen(options, events) {
      /** Sockets of which no connection has come of yet. */
      const beginners = new Map<string, Socket>();
      const addresses = new WeakMap<Socket, Addresses>();
      const listener = await listenWith(options, events, (turns) => {
        const secure = createTlsServer({
          ...credentials,
          ALPNProtocols: ['http/1.1'],
          handshakeTimeout: handshakeTime,
        });
        secure.on('secureConnection', (socket) => {
          beginners.delete(clientOf(socket));
          socket.allowHalfOpen = true;
          new LibuvConnection(socket, events, turns);
        });
        secure.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
          events.refused?.(
            // One that has failed does not know them any more.
            addresses.get(carrierOf(socket)) ?? addressesOf(socket),
            tlsFailure(error.code ?? ''),
          );
          socket.destroy();
        });
        return (socket) => {
          const client = clientOf(socket);
          beginners.set(client, socket);
          addresses.set(socket, addressesOf(socket));
          socket.once('close', () => beginners.delete(client));
          beginning(socket, events, handshakeTime, (first) => {
            if (first === handshakeRecord) {
              // Who ends within the handshake is gone. What is agreed on, allows it again.
              socket.allowHalfOpen = false;
              secure.emit('connection', socket);
            } else {
              beginners.delete(client);
              new LibuvConnection(socket, events, turns, true);
            }
          });
        };
      });
      return {
        address: listener.address,
        close() {
          const closed = listener.close();
          for (const socket of beginners.values()) socket.destroy();
          return closed;
        },
      };
    },
  };
}

/** Looks at the first byte that a client sends, and leaves it there. */
function beginning(
  socket: Socket,
  events: ListenerEvents,
  patience: number,
  begun: (first: number) => void,
): void {
  const addresses = addressesOf(socket);
  const give = (reason: string): void => {
    events.refused?.(addresses, reason);
    socket.destroy();
  };
  const failed = (): void => give('The client closed the connection before the TLS handshake.');
  socket.once('error', failed);
  socket.setTimeout(patience, () => give('The client did not begin the TLS handshake in time.'));
  socket.once('readable', () => {
    socket.off('error', failed);
    socket.setTimeout(0);
    socket.removeAllListeners('timeout');
    const first: Buffer | null = socket.read(1);
    if (first === null) {
      socket.on('error', () => {});
      failed();
      return;
    }
    socket.unshift(first);
    begun(first[0]);
  });
}

type Addresses = Parameters<NonNullable<ListenerEvents['refused']>>[0];

function clientOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

function addressesOf(socket: Socket): Addresses {
  return {
    peer: { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 },
    local: { address: socket.localAddress ?? '', port: socket.localPort ?? 0 },
  };
}
