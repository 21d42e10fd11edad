import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import { unpackedBatch } from '../capture/packedBatch.ts';
import type { CaptureBatch, PackedBatch } from '../protocol/capture.ts';
import type { FromServer, LogLevel, ServerSettings, ToServer } from '../protocol/server.ts';
import { isFromServer } from './serverMessageGuard.ts';

/** Milliseconds that the process gets to end, beyond those that it gives answers under way. */
const stopPatience = 1000;
/** Milliseconds that a debugged process gets to say that it stops: held at a breakpoint, it never will. */
const heldPatience = 2000;
const keptLogLines = 20;
const lastWordsPatience = 1000;

/** What Node writes about its inspector to the standard error. It is not logged: whoever has the address can debug. */
const inspectorTalk =
  /^(Debugger (listening on|attached|ending on)|For help, see: https:\/\/nodejs|Waiting for the debugger)/;

/** How the process ended, and what it last said. */
export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Empty where it never said anything. */
  readonly lastLogLine: string;
}

/** The server's messages, without those that concern only its process. */
export type ServerMessage =
  | Exclude<FromServer, { type: 'log' | 'stopping' | 'batch' }>
  /** `packed`: the batch as it arrived, to be kept on disk without packing it again. */
  | { readonly type: 'batch'; readonly batch: CaptureBatch; readonly packed: PackedBatch };

/** Who hears of a process. */
export interface ServerProcessListener {
  message(message: ServerMessage): void;
  /** What it reported for the log, or wrote to its standard output or error. */
  log(level: LogLevel, line: string): void;
  /** Called last, and exactly once, even where the process could not be started. */
  ended(end: ProcessEnd): void;
}

/** The process that serves. The constructor starts it; it ends with this process, in whatever way this one ends. */
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
   * @param debugged it reports where it waits for a debugger, and serves once one has attached
   */
  constructor(script: string, settings: ServerSettings, debugged: boolean, listener: ServerProcessListener) {
    this.settings = settings;
    this.debugged = debugged;
    this.listener = listener;
    this.stopTime = settings.limits.stopTime;
    this.child = fork(script, [], {
      serialization: 'advanced',
      // Not the extension host's flags, such as its debugger's port. Only those who know the inspector's address may
      // debug; by default, Node tells it to any process that asks over HTTP.
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

  /** Sends a message. One that cannot be sent, since the process ends, is dropped: `ended` reports that. */
  send(message: ToServer): void {
    if (!this.child.connected) return;
    this.child.send(message, (error) => {
      // The process is about to end, and `ended` will report that.
      if (error !== null) this.note('warning', `A message did not reach the server: ${error.message}`);
    });
  }

  /** Lets answers under way finish, then ends; after a while by force. */
  stop(): void {
    this.send({ type: 'stop' });
    this.killTimer ??= setTimeout(() => this.kill(), this.stopTime + stopPatience);
    if (this.debugged) this.heldTimer ??= setTimeout(() => this.kill(), heldPatience);
  }

  /** Ends it at once: its connections are cut, and what it has not sent is lost. */
  kill(): void {
    this.child.kill('SIGKILL');
  }

  private listen(): void {
    const { child } = this;
    child.on('message', (message: unknown) => this.take(message));
    child.on('error', (error) => {
      this.note('error', error.message);
      // The process could not be started, so there will be no `exit`.
      if (child.pid === undefined) this.tellEnd({ exitCode: null, signal: null });
    });
    child.on('exit', (exitCode, signal) => {
      const end = { exitCode, signal };
      // Its last output and messages may still be on their way, until `close`. That may never come, since a child of its
      // own can hold the pipes open.
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
    // Of several lines, the first says what happened, and the others where.
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

/** The line that says most about why a process ended: Node's last line, after a stack, is its version. */
export function lastWords(lines: readonly string[]): string {
  const line = lines.findLast((one) => /^(Uncaught )?\w*Error\b/.test(one)) ?? lines.at(-1) ?? '';
  return line.trim();
}

/** How a process ended unasked, in a sentence. */
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
