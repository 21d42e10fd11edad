import { openListeningSocket } from '../sockets/listeningSocket.ts';
import type { Descriptor, SystemCalls } from '../sockets/systemCalls.ts';
import type { ListenOptions } from '../sockets/transport.ts';
import { waitInSlices } from './blockingWorker.ts';
import type { SharedListener } from './crew.ts';

/** The supervisor's side of a listening socket on which workers wait in `accept`. */
export class BlockingListener implements SharedListener {
  readonly descriptor: Descriptor;
  private readonly calls: SystemCalls;

  private constructor(calls: SystemCalls, descriptor: Descriptor) {
    this.calls = calls;
    this.descriptor = descriptor;
  }

  /** Rejects with SystemCallError. */
  static async open(calls: SystemCalls, options: ListenOptions): Promise<BlockingListener> {
    const descriptor = await openListeningSocket(calls, options);
    waitInSlices(calls, descriptor);
    return new BlockingListener(calls, descriptor);
  }

  /** On Linux, wakes every `accept` on this socket in all threads and processes, and resets the connections in its queue. */
  shutDown(): void {
    if (this.calls.platform.name === 'linux') this.calls.shutdown(this.descriptor, 'SHUT_RDWR');
  }

  /** Call only when no worker waits on it any more: its number may be given to another socket. */
  close(): void {
    this.calls.close(this.descriptor);
  }
}
