import { readSync } from 'node:fs';
import { Connection } from '../http/connection.ts';
import type { FileSlice } from '../http/message.ts';
import { now } from '../sockets/clock.ts';
import { unreadByPeer } from '../sockets/sockDiag.ts';
import { SystemCallError } from '../sockets/systemCallError.ts';
import { type Accepted, wouldBlock } from '../sockets/systemCalls.ts';
import type { UnreadByPeer } from '../sockets/transport.ts';
import { type BlockingWorker, longestWait } from './blockingWorker.ts';
import { closedEarly, KernelSending, lastPiece, type Reading } from './kernelSending.ts';
import type { ConnectionRecorder } from './served.ts';

/** A file is read and sent in pieces of this size: memory stays small however slow the client is. */
const filePiece = lastPiece;
/** A browser opens connections ahead of time: one that has sent nothing after so many milliseconds gives way to others. */
const silentTime = 1_000;
/** What calls on a socket say whose peer has reset it. */
const goneCodes: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'ENOTCONN', 'ECONNABORTED']);
const clientReset = 'The client reset the connection.';
// Content-Length has promised more: only a cut connection tells the client that this is not the whole.
const becameShorter = 'The file became shorter while it was sent.';

/** Serves one client to the end of its connection; the caller closes the socket. */
export function serve(worker: BlockingWorker, client: Accepted): void {
  new BlockingConnection(worker, client).serve();
}

/** One connection: does what the HTTP state machine wants, one system call after the other. */
class BlockingConnection {
  private readonly worker: BlockingWorker;
  private readonly client: Accepted;
  private readonly id: number;
  private readonly recorder: ConnectionRecorder | null;
  private readonly connection: Connection;
  private readonly openedAt = now();
  private isSilent = true;
  private halfClosed = false;
  private stopTold = false;
  /** Bytes taken from the connection that the kernel has not taken yet. */
  private bytes: Uint8Array | null = null;
  /** The slice being sent, and how much of it was read or sent. */
  private slice: FileSlice | null = null;
  private sliceDone = 0;
  private readonly kernelSending: KernelSending;
  /** Bytes that the kernel has taken. */
  private taken = 0;

  constructor(worker: BlockingWorker, client: Accepted) {
    const { handler, limits, recorder, trace } = worker.service;
    const opened = recorder.opened(client.peer, worker.localAddress(client), this.openedAt);
    trace?.belongs(client.descriptor, opened.id);
    this.worker = worker;
    this.client = client;
    this.id = opened.id;
    this.recorder = opened.recorder;
    this.connection = new Connection(handler, limits, this.openedAt, opened.recorder);
    this.kernelSending = new KernelSending(() => this.unread());
  }

  serve(): void {
    let reason = '';
    try {
      this.prepareSocket();
      while (reason === '') reason = this.step();
    } catch (error) {
      reason = this.failure(error);
    } finally {
      const time = now();
      this.connection.release(time);
      this.recorder?.closed(reason, time);
    }
  }

  private prepareSocket(): void {
    const { calls } = this.worker;
    const { descriptor } = this.client;
    calls.setsockopt(descriptor, 'SO_RCVTIMEO', longestWait);
    calls.setsockopt(descriptor, 'SO_SNDTIMEO', longestWait);
    // A response must not wait for the acknowledgement of the one before (Nagle's algorithm).
    calls.setsockopt(descriptor, 'TCP_NODELAY', 1);
  }

  /** Waits in the kernel once, at most. Returns why the connection ends; empty while it goes on. */
  private step(): string {
    const { worker, connection } = this;
    worker.attend();
    const time = now();
    const cut = worker.reasonToCut(this.id, time);
    if (cut !== '') return cut;
    if (worker.stopping) this.stop(time);
    if (time >= connection.deadline) connection.expire(time);
    if (this.givesWay(time)) return 'It had sent nothing yet, and others waited.';
    switch (connection.wants) {
      case 'close':
        return connection.closeReason;
      case 'write':
        return this.send();
      case 'drain':
        this.halfClose();
        return this.receive();
      case 'read':
        return this.receive();
    }
  }

  private stop(time: number): void {
    if (this.stopTold) return;
    this.stopTold = true;
    this.connection.stop(time);
  }

  /** Lets others come to their turn who have waited for it; one between two requests ends as it would after the last. */
  private givesWay(time: number): boolean {
    if (this.isSilent) return time - this.openedAt >= silentTime && this.worker.othersWait();
    const { state, wants } = this.connection;
    if (state === 'idle' && wants === 'read' && this.worker.othersWait())
      this.connection.stop(time, 'It was idle, and others waited.');
    return false;
  }

  private receive(): string {
    const { buffer, calls } = this.worker;
    const count = calls.recv(this.client.descriptor, buffer);
    if (count === wouldBlock) return '';
    const time = now();
    if (count === 0) {
      this.connection.receiveEnd(time);
      return '';
    }
    this.isSilent = false;
    const bytes = buffer.subarray(0, count);
    try {
      this.connection.receive(bytes, time);
    } finally {
      this.recorder?.received(bytes, time);
    }
    return '';
  }

  private halfClose(): void {
    if (this.halfClosed) return;
    this.halfClosed = true;
    this.worker.calls.shutdown(this.client.descriptor, 'SHUT_WR');
  }

  private send(): string {
    if (this.bytes === null && this.slice === null) {
      const output = this.connection.takeOutput();
      if (output === null) return '';
      if (!('file' in output)) this.bytes = output;
      else {
        this.slice = output;
        this.sliceDone = 0;
      }
    }
    if (this.bytes !== null) return this.sendBytes(this.bytes);
    return this.slice === null ? '' : this.sendSlice(this.slice);
  }

  private sendBytes(bytes: Uint8Array): string {
    const count = this.worker.calls.send(this.client.descriptor, bytes);
    if (count === wouldBlock) return '';
    this.taken += count;
    this.bytes = count < bytes.length ? bytes.subarray(count) : null;
    const time = now();
    this.recorder?.sent(bytes.subarray(0, count), time);
    this.connection.sent(count, time);
    return '';
  }

  /** A piece of a file: read and sent; or sent by the kernel, where nobody holds on to it. */
  private sendSlice(slice: FileSlice): string {
    const start = slice.offset + this.sliceDone;
    const rest = slice.length - this.sliceDone;
    const share = this.kernelSending.share(slice, this.sliceDone, this.recorder?.heldAhead ?? 0);
    if (share > 0) return this.sendFile(slice, start, share);
    if (rest <= lastPiece) {
      const reading = this.kernelSending.reading();
      if (reading.state !== 'done') return this.waitForReader(reading);
    }
    const count = this.readPiece(slice, start, rest);
    if (count === 0) return becameShorter;
    this.sliceDone += count;
    if (this.sliceDone < slice.length) return '';
    if (!slice.file.isUnchanged()) return 'The file was changed while it was sent.';
    this.slice = null;
    this.kernelSending.ended();
    return '';
  }

  private sendFile({ file }: FileSlice, start: number, length: number): string {
    const count = this.worker.calls.sendfile(this.client.descriptor, file.descriptor, start, length);
    if (count === wouldBlock) return '';
    if (count === 0) return becameShorter;
    this.kernelSending.sent();
    this.taken += count;
    this.sliceDone += count;
    const time = now();
    this.recorder?.sentFile(file.path, start, count, time);
    this.connection.sent(count, time);
    return '';
  }

  /** Waits a while, but not for a client that resets the connection. */
  private waitForReader(reading: Exclude<Reading, { state: 'done' }>): string {
    if (reading.state === 'ended') return closedEarly;
    // It takes some of the answer, if not from this program.
    if (reading.hasProgressed) this.connection.sent(0, now());
    const entry = { descriptor: this.client.descriptor, events: 0, revents: 0 };
    return this.worker.calls.poll([entry], reading.pause) > 0 ? clientReset : '';
  }

  private unread(): UnreadByPeer {
    const { worker, client } = this;
    return unreadByPeer(worker.calls, worker.localAddress(client), client.peer, this.taken);
  }

  private readPiece(slice: FileSlice, start: number, rest: number): number {
    const piece = new Uint8Array(Math.min(filePiece, rest));
    const count = readSync(slice.file.descriptor, piece, 0, piece.length, start);
    if (count > 0) this.bytes = piece.subarray(0, count);
    return count;
  }

  private failure(error: unknown): string {
    if (error instanceof SystemCallError) {
      if (goneCodes.has(error.code)) return clientReset;
      return `The socket failed: ${error.code}.`;
    }
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.worker.service.log('error', `A connection was cut: ${message}`);
    return 'Answering it failed; the log says why.';
  }
}
