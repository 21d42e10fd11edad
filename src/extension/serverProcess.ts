import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import { unpackedBatch } from '../capture/packedBatch.ts';
import type { CaptureBatch, PackedBatch } from '../protocol/capture.ts';
import type { FromServer, LogLevel, ServerSettings, ToServer } from '../protocol/server.ts';
import { isFromServer } from './serverMessageGuard.ts';

/** Milliseconds that the process gets to end after those that it gives answers under way. */
const stopPatience = 1000;
/** Milliseconds that it gets to say that it stops: held by a debugger, it does not. */
const heldPatience = 2000;
const keptLogLines = 20;
const lastWordsPatience = 1000;

/** What Node says of its inspector on the standard error: the address in it is nobody else's business. */
const inspectorTalk =
  /^(Debugger (listening on|attached|ending on)|For help, see: https:\/\/nodejs|Waiting for the debugger)/;

/** How the process ended, and what it last said. */
export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Empty where it never said anything. */
  readonly lastLogLine: string;
}

/** What the server tells, but for what concerns its process only. */
export type ServerMessage =
  | Exclude<FromServer, { type: 'log' | 'stopping' | 'batch' }>
  /** `packed`: as it came. */
  | { readonly type: 'batch'; readonly batch: CaptureBatch; readonly packed: PackedBatch };

export interface ServerProcessListener {
  message(message: ServerMessage): void;
  log(level: LogLevel, line: string): void;
  /** Comes last, once. */
  ended(end: ProcessEnd): void;
}

/** The process that serves: started at once, ended with this one, whatever way this one ends. */
export class ServerProcess {
  private readonly child: ChildProcess;
  private readonly listener: ServerProcessListener;
  private readonly lastLines: string[] = [];
  private readonly stopTime: number;
  private endTold = false;
  private killTimer: NodeJS.Timeout | undefined;
  private lastWordsTimer: NodeJS.Timeout | undefined;
  private heldTimer: NodeJS.Timeout | undefined;
  private readonly settings: ServerSettings;
  private readonly debugged: boolean;

  /**
   * @param script path of the server's program
   * @param debugged it tells where it waits for a debugger, and starts once one has attached
   */
  constructor(script: string, settings: ServerSettings, debugged: boolean, listener: ServerProcessListener) {
    this.settings = settings;
    this.debugged = debugged;
    this.listener = listener;
    this.stopTime = settings.limits.stopTime;
    this.child = fork(script, [], {
      serialization: 'advanced',
      // Without flags of the extension host, such as the port that its debugger listens on. Who may debug must know the
      // inspector's address; by default it would tell any process that asks.
      execArgv: debugged ? ['--inspect-publish-uid=stderr'] : [],
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.listen();
    if (debugged) this.send({ type: 'awaitDebugger' });
    else this.send({ type: 'start', settings });
  }

  get processId(): number | undefined {
    return this.child.pid;
  }

  send(message: ToServer): void {
    if (!this.child.connected) return;
    this.child.send(message, (error) => {
      // It is about to end, which is told by itself.
      if (error !== null) this.note('warning', `A message did not reach the server: ${error.message}`);
    });
  }

  /** Lets answers under way finish, then ends; after a while by force. */
  stop(): void {
    this.send({ type: 'stop' });
    this.killTimer ??= setTimeout(() => this.kill(), this.stopTime + stopPatience);
    if (this.debugged) this.heldTimer ??= setTimeout(() => this.kill(), heldPatience);
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  private listen(): void {
    const { child } = this;
    child.on('message', (message: unknown) => this.take(message));
    child.on('error', (error) => {
      this.note('error', error.message);
      // Could not even be started: there will be no exit.
      if (child.pid === undefined) this.tellEnd({ exitCode: null, signal: null });
    });
    child.on('exit', (exitCode, signal) => {
      const end = { exitCode, signal };
      // What it said and sent before its end is still on its way; but a process of its own may hold the pipes.
      child.once('close', () => this.tellEnd(end));
      this.lastWordsTimer = setTimeout(() => this.tellEnd(end), lastWordsPatience);
    });
    for (const [stream, level] of [
      [child.stdout, 'info'],
      [child.stderr, 'error'],
    ] as const) {
      if (stream !== null) createInterface({ input: stream }).on('line', (line) => this.note(level, line));
    }
  }

  private take(message: unknown): void {
    if (!isFromServer(message)) {
      this.misunderstood();
      return;
    }
    switch (message.type) {
      case 'batch': {
        const batch = unpackedBatch(message.batch);
        if (batch === null) this.misunderstood();
        else this.listener.message({ type: 'batch', batch, packed: message.batch });
        return;
      }
      case 'log':
        this.note(message.level, message.message);
        return;
      case 'stopping':
        clearTimeout(this.heldTimer);
        return;
      case 'debuggerAwaited':
        this.send({ type: 'start', settings: this.settings });
        break;
    }
    this.listener.message(message);
  }

  private misunderstood(): void {
    this.note('error', 'The server sent a message that is not of the protocol.');
  }

  private note(level: LogLevel, line: string): void {
    if (line.trim() === '' || (this.debugged && inspectorTalk.test(line))) return;
    // The first line of several says what happened; the others, where.
    this.lastLines.push(line.split('\n', 1)[0]);
    if (this.lastLines.length > keptLogLines) this.lastLines.shift();
    this.listener.log(level, line);
  }

  private tellEnd(end: { exitCode: number | null; signal: string | null }): void {
    if (this.endTold) return;
    this.endTold = true;
    clearTimeout(this.killTimer);
    clearTimeout(this.heldTimer);
    clearTimeout(this.lastWordsTimer);
    this.listener.ended({ ...end, lastLogLine: lastWords(this.lastLines) });
  }
}

/** The line that tells most of why a process ended: Node's own last line is its version, after a stack. */
export function lastWords(lines: readonly string[]): string {
  const line = lines.findLast((one) => /^(Uncaught )?\w*Error\b/.test(one)) ?? lines.at(-1) ?? '';
  return line.trim();
}

/** How a process ended that nobody asked to end, in a sentence. */
export function describeEnd({ exitCode, signal, lastLogLine }: ProcessEnd): string {
  const how =
    signal !== null
      ? `was ended by ${signal}`
      : exitCode !== null
        ? `ended with exit code ${exitCode}`
        : 'could not be started';
  const words = lastLogLine === '' ? 'It said nothing before.' : `Its last line: ${lastLogLine}`;
  return `The server's process ${how}. ${words}`;
}
