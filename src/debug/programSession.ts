/** A request of the Debug Adapter Protocol, as far as it is used here. */
export interface ProtocolRequest {
  readonly seq: number;
  readonly type: string;
  readonly command: string;
  readonly arguments?: unknown;
}

/** What an adapter sends: a response or an event of the Debug Adapter Protocol. */
export type ProtocolReply =
  | {
      readonly seq: number;
      readonly type: 'response';
      readonly request_seq: number;
      readonly command: string;
      readonly success: boolean;
      readonly message?: string;
      readonly body?: unknown;
    }
  | { readonly seq: number; readonly type: 'event'; readonly event: string; readonly body?: unknown };

/** The program that a session stands for. */
export interface DebuggedProgram {
  /** Starts it. Its owner calls `ProgramSession.end` where it could not start, or has ended. */
  start(): void;
  /** Ends it gracefully. */
  stop(): void;
  /** Ends it at once. */
  kill(): void;
  /** Detaches the debugger; the program goes on. */
  release(): void;
}

const capabilities = {
  supportsConfigurationDoneRequest: true,
  supportsTerminateRequest: true,
  supportTerminateDebuggee: true,
};

/**
 * A debug session that starts and stops the server, and leaves the debugging to another session below it: the one
 * of the JavaScript debugger, which can only attach. So the debug toolbar's Stop stops the server, and its Restart
 * starts it again.
 */
export class ProgramSession {
  private readonly program: DebuggedProgram;
  private readonly send: (message: ProtocolReply) => void;
  private sequence = 0;
  private over = false;

  /** @param send takes the session's responses and events, in order */
  constructor(program: DebuggedProgram, send: (message: ProtocolReply) => void) {
    this.program = program;
    this.send = send;
  }

  /** Answers a request. One that is not known fails with a message; none throws. */
  handle(request: ProtocolRequest): void {
    switch (request.command) {
      case 'initialize':
        this.answer(request, capabilities);
        this.tell('initialized');
        return;
      case 'launch':
        this.answer(request);
        this.program.start();
        return;
      case 'configurationDone':
        this.answer(request);
        return;
      case 'setBreakpoints':
      case 'setFunctionBreakpoints':
      case 'setExceptionBreakpoints':
      case 'setDataBreakpoints':
        // Breakpoints belong to the other session.
        this.answer(request, { breakpoints: [] });
        return;
      case 'threads':
        this.answer(request, { threads: [] });
        return;
      case 'terminate':
        this.answer(request);
        if (!this.over) this.program.stop();
        return;
      case 'disconnect':
        this.answer(request);
        if (!this.over) this.disconnect(request);
        return;
      default:
        this.send({
          seq: ++this.sequence,
          type: 'response',
          request_seq: request.seq,
          command: request.command,
          success: false,
          message: `This session does not know the request ${request.command}.`,
        });
    }
  }

  /** The program has ended, or could not start, or is no longer debugged: the session is over. */
  end(): void {
    if (this.over) return;
    this.over = true;
    this.tell('terminated');
  }

  private disconnect({ arguments: given }: ProtocolRequest): void {
    const leaveIt =
      typeof given === 'object' &&
      given !== null &&
      'terminateDebuggee' in given &&
      given.terminateDebuggee === false;
    if (leaveIt) this.program.release();
    else this.program.kill();
  }

  private answer({ seq, command }: ProtocolRequest, body?: unknown): void {
    this.send({ seq: ++this.sequence, type: 'response', request_seq: seq, command, success: true, body });
  }

  private tell(event: string): void {
    this.send({ seq: ++this.sequence, type: 'event', event });
  }
}
