import { copied } from './bytes.ts';
import type { Exchange } from './exchange.ts';
import type { Forwarding } from './forwarding.ts';
import type { Response } from './message.ts';
import type { RequestInput } from './requestInput.ts';

/**
 * What a connection knows of its present request where that is forwarded, and of the tunnel that it may become. Most
 * requests are not forwarded: then nothing is under way, and the methods do nothing.
 */
export class ForwardedRequest {
  private forwarding: Forwarding | null = null;
  /** The answer has begun before the request was complete, and is the connection's last. */
  closesWithRequest = false;

  get isUnderWay(): boolean {
    return this.forwarding !== null;
  }

  /** Whether more of the request can be handed over; true where nothing is forwarded. */
  get isWritable(): boolean {
    return this.forwarding === null || this.forwarding.writable;
  }

  /** `ready`: called when there is an answer, or more can be handed over. */
  begin(forwarding: Forwarding, input: RequestInput, exchange: Exchange, ready: () => void): void {
    this.forwarding = forwarding;
    exchange.forwarding = forwarding.record;
    forwarding.ready = ready;
    input.parser.whenContent = (bytes, start, end) => forwarding.write(copied(bytes, start, end));
  }

  /** The request is complete. */
  end(input: RequestInput): void {
    this.forwarding?.end(input.parser.trailers);
  }

  /** The next answer, each once; null while there is none. */
  answer(): Response | null {
    return this.forwarding?.answer() ?? null;
  }

  /** Passes bytes of a tunnel on to the upstream server. */
  tunnel(bytes: Uint8Array): void {
    this.forwarding?.write(copied(bytes));
  }

  /** The connection has switched to another protocol: what was received after the request belongs to that. */
  becomeTunnel(input: RequestInput): void {
    for (let piece = input.takeUnparsed(); piece !== undefined; piece = input.takeUnparsed())
      this.forwarding?.write(piece);
  }

  /** The client's side of a tunnel has ended. */
  endTunnel(): void {
    this.forwarding?.end([]);
  }

  /** The answer is no longer wanted. */
  cancel(): void {
    this.forwarding?.close();
    this.forwarding = null;
  }

  /** The request is finished: the next one has nothing to do with it. */
  forget(): void {
    this.forwarding = null;
    this.closesWithRequest = false;
  }
}
