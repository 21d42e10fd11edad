import { readSync } from 'node:fs';
import { Connection } from '../http/connection.ts';
import type { FileSlice } from '../http/message.ts';
import { followSystemClock, now } from '../sockets/clock.ts';
import { wouldBlock } from '../sockets/systemCalls.ts';
import { isTlsFailure, tlsFailure } from '../sockets/tlsFailure.ts';
import type {
  Listener,
  ListenOptions,
  Transport,
  TransportConnection,
  TransportEvents,
} from '../sockets/transport.ts';
import { Crowd } from './crowd.ts';
import { closedEarly, KernelSending, lastPiece } from './kernelSending.ts';
import type { ConnectionRecorder, RunningModel, Service } from './served.ts';
import { TurnedAway, type TurnedAwayConnection, tooMany } from './turnedAway.ts';

/** A file is read and sent in pieces of this size, one at a time: memory stays small however slow the client is. */
const filePiece = lastPiece;
/** What one connection may send before it is the others' turn, in bytes. */
const turnBytes = 1024 * 1024;
/** How often deadlines are looked at, in milliseconds. */
const deadlineCheck = 250;

/**
 * The event-driven model: one thread waits for all sockets at once and does a little for whichever is ready. What it
 * shows: thousands of connections cost no thread each. What breaks it: one handler that computes for long holds up
 * everybody. Described in Stevens, UNIX Network Programming, chapter 6 (I/O multiplexing).
 */
export async function runEventLoop(
  transport: Transport,
  options: ListenOptions,
  service: Service,
): Promise<RunningModel> {
  const open = new Map<number, ServedConnection | TurnedAwayConnection>();
  const crowd = new Crowd(service);
  const turnedAway = new TurnedAway(service.limits);
  const listener = await transport.listen(options, {
    accepted(socket) {
      const { id, recorder } = service.recorder.opened(socket.peer, socket.local, now(), socket.tls);
      if (socket.descriptor >= 0) service.trace?.belongs(socket.descriptor, id);
      // Who has approached has had a place since then.
      const connection =
        socket.approached || crowd.admits('with 503')
          ? new ServedConnection(socket, service, recorder, () => {
              open.delete(id);
              crowd.leave();
            })
          : turnedAway.add(socket, recorder, now(), () => open.delete(id));
      open.set(id, connection);
      return connection;
    },
    approached({ peer, local }) {
      if (crowd.admits('before the TLS handshake')) return true;
      service.recorder.opened(peer, local, now()).recorder?.closed(tooMany, now());
      return false;
    },
    refused({ peer, local }, reason) {
      crowd.leave();
      service.recorder.opened(peer, local, now()).recorder?.closed(reason, now());
    },
    turnBegan() {
      followSystemClock();
      service.handler.turnBegan?.();
    },
    turnEnded: () => service.handler.turnEnded?.(),
    failed(error) {
      service.log('warning', `Not every connection can be accepted: ${error.message}`);
    },
    recovered() {
      service.log('warning', 'Connections are accepted again.');
    },
  });
  const { shares } = listener;
  if (shares !== undefined) {
    crowd.shares = shares;
    turnedAway.most = shares.spare;
  }
  const timer = setInterval(() => {
    followSystemClock();
    const time = now();
    for (const connection of open.values()) connection.expire(time);
    crowd.look(time);
  }, deadlineCheck);
  timer.unref();
  return {
    address: listener.address,
    closeConnection(id) {
      const connection = open.get(id);
      connection?.abort('It was closed by hand.');
      return connection !== undefined;
    },
    stop: (grace) => stop(listener, open, grace).finally(() => clearInterval(timer)),
  };
}

async function stop(
  listener: Listener,
  open: ReadonlyMap<number, ServedConnection | TurnedAwayConnection>,
  grace: number,
): Promise<void> {
  const closed = listener.close();
  for (const connection of [...open.values()]) connection.stop();
  const forced = setTimeout(() => {
    for (const connection of [...open.values()]) connection.abort('The server stopped.');
  }, grace);
  await closed;
  clearTimeout(forced);
}

/** One connection: moves bytes between its socket and the HTTP state machine, as that wants. */
class ServedConnection implements TransportEvents {
  private readonly socket: TransportConnection;
  private readonly connection: Connection;
  private readonly recorder: ConnectionRecorder | null;
  private readonly service: Service;
  private readonly forget: () => void;
  /** The slice being sent, and how much of it has been read. */
  private slice: FileSlice | null = null;
  private sliceRead = 0;
  /** Null where the kernel cannot send files by itself. */
  private readonly kernelSending: KernelSending | null;
  /** Until the next look at what the client has read. */
  private look: NodeJS.Timeout | null = null;
  /** Memory that pieces of files are read into. */
  private piece: Buffer | null = null;
  /** Bytes handed to the socket that the kernel has not taken yet. */
  private unflushed = 0;
  private paused = false;
  private halfClosed = false;
  private reason = '';
  private finished = false;

  constructor(
    socket: TransportConnection,
    service: Service,
    recorder: ConnectionRecorder | null,
    forget: () => void,
  ) {
    this.socket = socket;
    this.service = service;
    this.recorder = recorder;
    this.forget = forget;
    this.kernelSending =
      socket.sendFile === undefined ? null : new KernelSending(() => socket.unread?.() ?? 'unknown');
    const { limits } = service;
    const handler = socket.withoutTls ? (service.withoutTls ?? service.handler) : service.handler;
    const overTls = (socket.tls ?? '') !== '';
    this.connection = new Connection(handler, limits, now(), recorder, socket.peer.address, overTls);
    // Not within the call that says so: the source may be in the middle of something.
    this.connection.whenReady = () => setImmediate(() => this.advance());
  }

  received(bytes: Uint8Array): void {
    if (this.finished) return;
    const time = now();
    try {
      try {
        this.connection.receive(bytes, time);
      } finally {
        this.recorder?.received(bytes, time);
      }
      this.pump(time);
    } catch (error) {
      this.fail(error);
    }
  }

  ended(): void {
    const time = now();
    this.guarded(time, () => this.connection.receiveEnd(time));
  }

  flushed(count: number): void {
    const time = now();
    this.unflushed -= count;
    this.guarded(time, () => this.connection.sent(count, time));
  }

  closed(error: string): void {
    if (isTlsFailure(error)) {
      this.finish(tlsFailure(error));
      return;
    }
    const reset =
      error === 'ECONNRESET' ? 'The client reset the connection.' : error && `The socket failed: ${error}.`;
    this.finish(reset);
  }

  expire(time: number): void {
    if (time >= this.connection.deadline) this.guarded(time, () => this.connection.expire(time));
  }

  stop(): void {
    const time = now();
    this.guarded(time, () => this.connection.stop(time));
  }

  private advance(): void {
    const time = now();
    this.guarded(time, () => this.connection.advance(time));
  }

  abort(reason: string): void {
    this.reason ||= reason;
    if (this.connection.isCutShort) this.socket.reset();
    else this.socket.close();
    this.finish(this.reason);
  }

  private guarded(time: number, step: () => void): void {
    if (this.finished) return;
    try {
      step();
      this.pump(time);
    } catch (error) {
      this.fail(error);
    }
  }

  /** What goes wrong in one connection must not reach the others. */
  private fail(error: unknown): void {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.service.log('error', `A connection was cut: ${message}`);
    this.abort('Answering it failed; the log says why.');
  }

  private pump(time: number): void {
    this.send(time);
    if (this.finished) return;
    const { wants, readable } = this.connection;
    if (wants === 'close') {
      this.abort(this.connection.closeReason);
      return;
    }
    if (wants === 'drain' && !this.halfClosed) {
      this.halfClosed = true;
      this.socket.halfClose();
    }
    if (readable === this.paused) {
      this.paused = !readable;
      if (readable) this.socket.resume();
      else this.socket.pause();
    }
  }

  /** Sends for as long as there is something to send and the kernel takes it, but not so long that others wait. */
  private send(time: number): void {
    for (let sent = 0; sent < turnBytes; ) {
      const handed = this.write();
      if (this.finished) return;
      const taken = handed > 0 ? this.socket.flush() : this.sendFile();
      if (taken === 0) return;
      sent += taken;
      this.unflushed -= taken;
      this.connection.sent(taken, this.recorder === null ? time : now());
    }
    setImmediate(() => this.guarded(now(), () => {}));
  }

  /** Hands over all bytes in memory, and of a file one piece at a time. Returns how many bytes that were. */
  private write(): number {
    let handed = 0;
    while (!this.finished) {
      const output = this.slice ?? this.connection.takeOutput();
      if (output === null) break;
      if (!('file' in output)) {
        this.hand(output);
        handed += output.length;
        continue;
      }
      this.slice = output;
      if (this.unflushed >= filePiece || this.kernelShare(output) > 0 || this.waitsForReader(output)) break;
      handed += this.writePiece(output);
    }
    return handed;
  }

  private kernelShare(slice: FileSlice): number {
    return this.kernelSending?.share(slice, this.sliceRead, this.recorder?.heldAhead ?? 0) ?? 0;
  }

  /** Has the kernel send what it may of the present slice, once all before it has left. Returns how many bytes it took. */
  private sendFile(): number {
    const { slice, sliceRead } = this;
    if (slice === null || this.unflushed > 0) return 0;
    const share = this.kernelShare(slice);
    if (share === 0) return 0;
    const start = slice.offset + sliceRead;
    const count = this.socket.sendFile?.(slice.file.descriptor, start, Math.min(share, turnBytes));
    if (count === undefined || count === wouldBlock) return 0;
    if (count === 0) this.abort('The file became shorter while it was sent.');
    else this.recorder?.sentFile(slice.file.path, start, count, now());
    this.kernelSending?.sent();
    this.sliceRead += count;
    this.unflushed += count;
    return count;
  }

  /** Whether the last piece of a slice has to wait: then it is tried again after a while. */
  private waitsForReader(slice: FileSlice): boolean {
    if (this.kernelSending === null || slice.length - this.sliceRead > filePiece) return false;
    // What is still in the queue is told of when it leaves it.
    if (this.unflushed > 0) return this.kernelSending.hasSent;
    if (this.look !== null) return true;
    const reading = this.kernelSending.reading();
    if (reading.state === 'done') return false;
    if (reading.state === 'ended') this.abort(closedEarly);
    else this.lookAgain(reading);
    return true;
  }

  private lookAgain({ pause, hasProgressed }: { pause: number; hasProgressed: boolean }): void {
    this.look = setTimeout(() => {
      this.look = null;
      this.guarded(now(), () => {});
    }, pause);
    // It takes some of the answer, if not from this program.
    if (hasProgressed) this.connection.sent(0, now());
  }

  private writePiece(slice: FileSlice): number {
    const length = Math.min(filePiece, slice.length - this.sliceRead);
    const piece = this.freePiece();
    const count = readSync(slice.file.descriptor, piece, 0, length, slice.offset + this.sliceRead);
    if (count === 0) {
      // Content-Length has promised more: only a cut connection tells the client that this is not the whole.
      this.abort('The file became shorter while it was sent.');
      return 0;
    }
    this.sliceRead += count;
    if (this.sliceRead === slice.length) {
      if (!slice.file.isUnchanged()) {
        this.abort('The file was changed while it was sent.');
        return 0;
      }
      this.slice = null;
      this.sliceRead = 0;
      this.kernelSending?.ended();
    }
    const held = this.hand(count === piece.length ? piece : piece.subarray(0, count));
    this.piece = held || this.slice === null ? null : piece;
    return count;
  }

  /** The memory of the piece before, if that has left and nobody holds on to it. */
  private freePiece(): Buffer {
    return this.piece !== null && this.unflushed === 0 ? this.piece : Buffer.allocUnsafeSlow(filePiece);
  }

  /** Whether the recorder holds on to the bytes. */
  private hand(bytes: Uint8Array): boolean {
    this.unflushed += bytes.length;
    const held = this.recorder?.sent(bytes, now()) ?? false;
    this.socket.write(bytes);
    return held;
  }

  private finish(reason: string): void {
    if (this.finished) return;
    this.finished = true;
    if (this.look !== null) clearTimeout(this.look);
    const time = now();
    this.connection.release(time);
    this.recorder?.closed(reason || this.reason || this.connection.closeReason, time);
    this.forget();
  }
}
