import { closeSync, openSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { SystemCallError } from './systemCallError.ts';
import type {
  Listener,
  ListenerEvents,
  ListenOptions,
  SocketAddress,
  Transport,
  TransportConnection,
  TransportEvents,
} from './transport.ts';

/** The transport that stands on node:net, and so on libuv: the same on every platform. */
export const libuvTransport: Transport = {
  listen(options: ListenOptions, events: ListenerEvents): Promise<Listener> {
    const server = createServer({
      // A response must not wait for the acknowledgement of the one before (Nagle's algorithm).
      noDelay: true,
      // The peer's half-close is not the end: what it asked for is still sent.
      allowHalfOpen: true,
    });
    let open = 0;
    let mostOpen = 0;
    server.on('connection', (socket) => {
      socket.once('close', () => open--);
      if (++open > mostOpen) {
        mostOpen = open;
        const error = descriptorShortage();
        if (error !== null) events.failed(error);
      }
      attach(socket, events);
    });
    server.on('drop', () => events.failed(new Error('A connection was dropped before it was accepted.')));
    return new Promise((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => {
        const call = error.syscall ?? 'listen';
        const subject = `${options.host}:${options.port}`;
        reject(new SystemCallError(call, error.code ?? '', Math.abs(error.errno ?? 0), subject));
      });
      server.listen(options.port, options.host, () => {
        server.removeAllListeners('error');
        server.on('error', (error) => events.failed(error));
        resolve({ address: boundAddress(server), close: () => closed(server) });
      });
    });
  },
};

/**
 * Where no descriptor is left, libuv accepts what waits and closes it, and tells nobody. So that somebody hears of it,
 * one is opened to try.
 */
function descriptorShortage(): SystemCallError | null {
  try {
    closeSync(openSync(process.execPath, 'r'));
  } catch (error) {
    const { code, errno } = error as NodeJS.ErrnoException;
    if (code === 'EMFILE' || code === 'ENFILE')
      return new SystemCallError('open', code, Math.abs(errno ?? 0), process.execPath);
  }
  return null;
}

function boundAddress(server: Server): SocketAddress {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The listener has no address.');
  return { address: address.address, port: address.port };
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

function attach(socket: Socket, listenerEvents: ListenerEvents): void {
  let errorCode = '';
  let events: TransportEvents | null = null;
  socket.on('error', (error: NodeJS.ErrnoException) => {
    errorCode = error.code ?? error.message;
  });
  const connection: TransportConnection = {
    peer: { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 },
    local: { address: socket.localAddress ?? '', port: socket.localPort ?? 0 },
    write(bytes) {
      socket.write(bytes, (error) => {
        if (error == null) events?.flushed(bytes.length);
      });
    },
    cork: () => socket.cork(),
    uncork: () => socket.uncork(),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    halfClose: () => socket.end(),
    close: () => socket.destroy(),
  };
  events = listenerEvents.accepted(connection);
  const told = events;
  socket.on('data', (bytes) => told.received(bytes));
  socket.on('end', () => told.ended());
  socket.on('close', () => {
    events = null;
    told.closed(errorCode);
  });
}
