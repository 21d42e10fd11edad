import { createServer, type Server, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { type DescriptorShares, descriptorShares, nextDescriptor } from './descriptorLimit.ts';
import { SystemCallError } from './systemCallError.ts';
import {
  defaultBacklog,
  type Listener,
  type ListenerEvents,
  type ListenOptions,
  type SocketAddress,
  type Transport,
  type TransportConnection,
  type TransportEvents,
} from './transport.ts';

/** The transport that stands on node:net, and so on libuv: the same on every platform. */
export const libuvTransport: Transport = {
  listen: (options, events) =>
    listenWith(options, events, (turns) => (socket) => {
      new LibuvConnection(socket, events, turns);
    }),
};

/**
 * Listens, and hands each socket that is accepted to what `taker` returns. A server of node:net cannot stop accepting
 * while it listens: where descriptors are short, its connections are to be told so.
 */
export async function listenWith(
  options: ListenOptions,
  events: ListenerEvents,
  taker: (turns: Turns) => (socket: Socket) => void,
): Promise<Listener> {
  const server = createServer({
    // A response must not wait for the acknowledgement of the one before (Nagle's algorithm).
    noDelay: true,
    // The peer's half-close is not the end: what it asked for is still sent.
    allowHalfOpen: true,
  });
  const take = taker(new Turns(events));
  const shares = await descriptorShares();
  const watch = new DescriptorWatch(shares, events);
  server.on('connection', (socket) => {
    watch.opened(socket);
    take(socket);
  });
  server.on('drop', () => events.failed(new Error('A connection was dropped before it was accepted.')));
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const call = error.syscall ?? 'listen';
      const subject = `${options.host}:${options.port}`;
      reject(new SystemCallError(call, error.code ?? '', Math.abs(error.errno ?? 0), subject));
    });
    server.listen(options.port, options.host, options.backlog ?? defaultBacklog, () => {
      server.removeAllListeners('error');
      server.on('error', (error) => events.failed(error));
      resolve({ address: boundAddress(server), shares, close: () => closed(server) });
    });
  });
}

const noneLeft = 'No file descriptor is left. Close connections, or raise the limit (ulimit -n).';

/**
 * Where no descriptor is left all the same, libuv accepts what waits and closes it, and tells nobody. So that somebody
 * hears of it, one is opened to try, as often as there are more connections than ever.
 */
class DescriptorWatch {
  private readonly shares: DescriptorShares;
  private readonly events: ListenerEvents;
  private open = 0;
  private mostOpen = 0;
  private told = false;

  constructor(shares: DescriptorShares, events: ListenerEvents) {
    this.shares = shares;
    this.events = events;
  }

  opened(socket: Socket): void {
    socket.once('close', () => this.closed());
    if (++this.open <= this.mostOpen) return;
    this.mostOpen = this.open;
    if (this.told || nextDescriptor() < this.shares.limit) return;
    this.told = true;
    this.events.failed(new Error(noneLeft));
  }

  private closed(): void {
    this.open--;
    if (!this.told || this.open > this.mostOpen / 2) return;
    this.told = false;
    this.mostOpen = this.open;
    this.events.recovered();
  }
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

/** The connection of a socket of node:net. */
export class LibuvConnection implements TransportConnection {
  readonly descriptor = -1;
  readonly peer: SocketAddress;
  readonly local: SocketAddress;
  readonly tls: string;
  readonly withoutTls: boolean;
  readonly approached: boolean;
  private readonly socket: Socket;
  private readonly events: TransportEvents;
  /** The first write since the last flush; it needs no cork where it stays the only one. */
  private first: Uint8Array | null = null;
  private corked = false;
  private halfClosed = false;
  /** Bytes written, and how many of them the driver knows to have left. */
  private written = 0;
  private told = 0;
  private errorCode = '';

  /** `kind`: where TLS was to be spoken, whether it is. */
  constructor(
    socket: Socket,
    listenerEvents: ListenerEvents,
    turns: Turns,
    kind: 'bare' | 'tls' | 'withoutTls' = 'bare',
  ) {
    this.socket = socket;
    this.tls = tlsOf(socket);
    this.withoutTls = kind === 'withoutTls';
    this.approached = kind !== 'bare';
    this.peer = { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
    this.local = { address: socket.localAddress ?? '', port: socket.localPort ?? 0 };
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.errorCode = error.code ?? error.message;
    });
    const events = listenerEvents.accepted(this);
    this.events = events;
    socket.on('data', (bytes) => {
      turns.begin();
      events.received(bytes);
    });
    socket.on('end', () => events.ended());
    socket.on('close', () => events.closed(this.errorCode));
  }

  write(bytes: Uint8Array): void {
    this.written += bytes.length;
    if (this.corked) {
      this.socket.write(bytes, this.writeDone);
    } else if (this.first === null) {
      this.first = bytes;
    } else {
      this.corked = true;
      this.socket.cork();
      this.socket.write(this.first, this.writeDone);
      this.first = null;
      this.socket.write(bytes, this.writeDone);
    }
  }

  flush(): number {
    if (this.first !== null) {
      this.socket.write(this.first, this.writeDone);
      this.first = null;
    } else if (this.corked) {
      this.corked = false;
      this.socket.uncork();
    }
    return this.newlyTaken();
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  halfClose(): void {
    this.flush();
    this.halfClosed = true;
    this.socket.end();
  }

  close(): void {
    this.socket.destroy();
  }

  reset(): void {
    // TLS tells its end by a message of its own, which many clients do without: here, too, it is the reset that shows.
    carrierOf(this.socket).resetAndDestroy();
    this.socket.destroy();
  }

  /** One function for all writes: node:net calls such back together. It does so after `flush` has returned. */
  private readonly writeDone = (error: Error | null | undefined): void => {
    if (error != null) return;
    const taken = this.newlyTaken();
    if (taken > 0) this.events.flushed(taken);
  };

  /** What libuv could write at once is no longer in the socket's buffer. */
  private newlyTaken(): number {
    // What a failed socket drops from its buffer has not left.
    if (!this.socket.writable && !this.halfClosed) return 0;
    const taken = this.written - this.socket.writableLength - this.told;
    this.told += taken;
    return taken;
  }
}

/** The socket below TLS, or the socket itself. Node.js has no public name for it. */
export function carrierOf(socket: Socket): Socket {
  return (socket as { readonly _parent?: Socket })._parent ?? socket;
}

/** Version and cipher, as `TLS 1.3, TLS_AES_256_GCM_SHA384`; empty for a bare socket. */
function tlsOf(socket: Socket): string {
  if (!(socket instanceof TLSSocket)) return '';
  const version = (socket.getProtocol() ?? '').replace(/^TLSv/, 'TLS ');
  return `${version}, ${socket.getCipher().standardName}`;
}

/**
 * Tells where a turn of the event loop begins and ends: libuv polls, calls back for every socket that is ready, then
 * runs what `setImmediate` has queued before it polls again.
 */
export class Turns {
  private readonly events: ListenerEvents;
  private begun = false;

  constructor(events: ListenerEvents) {
    this.events = events;
  }

  begin(): void {
    if (this.begun) return;
    this.begun = true;
    setImmediate(this.end);
    this.events.turnBegan();
  }

  private readonly end = (): void => {
    this.begun = false;
    this.events.turnEnded();
  };
}
