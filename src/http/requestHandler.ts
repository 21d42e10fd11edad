import type { Forwarding } from './forwarding.ts';
import type { Framing } from './framing.ts';
import type { Request, Response } from './message.ts';
import type { Violation } from './violation.ts';

/** Answers the requests of a connection, synchronously: all concurrency models share it. */
export interface RequestHandler {
  /**
   * Called when the header section is complete, before any body is read (and before 100 Continue is sent).
   * A response refuses the request now; null goes on to `respond` when the body has been read.
   */
  admit(request: Request): Response | null;
  /** Whether `respond` needs the request's own bytes. */
  wantsMessage(request: Request): boolean;
  /** Called when the whole request was read. `message`: its own bytes as received, if they were wanted. */
  respond(request: Request, message: Uint8Array | null): Response;
  /** The answer to a malformed request; its status is the rule's. */
  refuse(violation: Violation): Response;
  /**
   * Called for an admitted request when its header section is complete. Returns what answers it instead of `respond`, if
   * it is to be forwarded. `client`: address of the other end. Only event-driven drivers can serve it
   * (`Connection.whenReady`).
   */
  forward?(request: Request, framing: Framing, client: string): Forwarding | null;
  /**
   * The time for the Date of an answer, in milliseconds since the epoch: the system's clock. Connections run by a monotonic
   * clock, which stands still while the machine sleeps. Without this method, Date is the connection's time.
   */
  date?(): number;
  /**
   * The requests up to `turnEnded` were read in one turn of an event loop: what is looked up for one of them holds for the
   * others. A driver without turns calls neither; then no lookup holds for a later request.
   */
  turnBegan?(): void;
  turnEnded?(): void;
}
