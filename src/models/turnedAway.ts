import type { Limits } from '../http/limits.ts';
import { responseHead } from '../http/responseHead.ts';
import { now } from '../sockets/clock.ts';
import type { TransportConnection, TransportEvents } from '../sockets/transport.ts';
import type { ConnectionRecorder } from './served.ts';

const serviceUnavailable = { status: 503, fields: [['Retry-After', '1']], body: [] } as const;

/** Why a connection was turned away. */
export const tooMany = 'There were too many connections.';

/** The connections that are being turned away. Each keeps a descriptor until its client has read the answer. */
export class TurnedAway {
  /** At a time: beyond, the one that was told first gives way. */
  most = Number.POSITIVE_INFINITY;
  private readonly limits: Limits;
  private readonly open = new Set<TurnedAwayConnection>();

  constructor(limits: Limits) {
    this.limits = limits;
  }

  add(
    socket: TransportConnection,
    recorder: ConnectionRecorder | null,
    now: number,
    forget: () => void,
  ): TurnedAwayConnection {
    const connection = new TurnedAwayConnection(socket, this.limits, recorder, now, () => {
      this.open.delete(connection);
      forget();
    });
    this.open.add(connection);
    const [first] = this.open;
    if (this.open.size > this.most) first.abort(tooMany);
    return connection;
  }
}

/**
 * A connection that there is no room for: it is told so at once, whatever it asks. Then its bytes are thrown away for a
 * while: closed with bytes unread, it would be reset, and the client could lose the response (RFC 9112 section 9.6).
 */
export class TurnedAwayConnection implements TransportEvents {
  private readonly socket: TransportConnection;
  private readonly limits: Limits;
  private readonly recorder: ConnectionRecorder | null;
  private readonly forget: () => void;
  private readonly due: number;
  private thrownAway = 0;
  private finished = false;

  constructor(
    socket: TransportConnection,
    limits: Limits,
    recorder: ConnectionRecorder | null,
    now: number,
    forget: () => void,
  ) {
    this.socket = socket;
    this.limits = limits;
    this.recorder = recorder;
    this.forget = forget;
    this.due = now + limits.drainTime;
    const head = responseHead(serviceUnavailable, { now: Date.now(), connection: 'close' });
    const response = new TextEncoder().encode(head);
    recorder?.sent(response, now);
    socket.write(response);
    socket.flush();
    socket.halfClose();
  }

  received(bytes: Uint8Array): void {
    this.thrownAway += bytes.length;
    if (this.thrownAway > this.limits.drainBytes) this.abort(tooMany);
  }

  ended(): void {
    this.abort(tooMany);
  }

  flushed(): void {}

  closed(): void {
    this.finish(tooMany);
  }

  expire(now: number): void {
    if (now >= this.due) this.abort(tooMany);
  }

  stop(): void {
    this.abort(tooMany);
  }

  abort(why: string): void {
    this.socket.close();
    this.finish(why);
  }

  private finish(why: string): void {
    if (this.finished) return;
    this.finished = true;
    this.recorder?.closed(why, now());
    this.forget();
  }
}
