import { randomUUID } from 'node:crypto';
import type { CaptureLog } from '../capture/captureLog.ts';
import type { RunId } from '../capture/run.ts';
import type { CaptureStore } from '../capture/store.ts';
import type { LiveSettings, LogLevel, ServerSettings, StartFailure, ToServer } from '../protocol/server.ts';
import type { TracedCall } from '../sockets/tracedCall.ts';
import { describeEnd, type ProcessEnd, type ServerMessage, ServerProcess } from './serverProcess.ts';

/** Milliseconds: after `deathsBeforeGivingUp` deaths within this time, no restart is offered. */
const deathWindow = 60_000;
const deathsBeforeGivingUp = 3;
/** How many of the last system calls are reported when a process has crashed. */
const lastCalls = 8;

/** Where a server is in its life. */
export type ServerState =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'running'; readonly host: string; readonly port: number; readonly secure: boolean }
  | { readonly kind: 'stopping' }
  /** `offerRestart`: false once it has died too often in too short a time. */
  | { readonly kind: 'died'; readonly reason: string; readonly offerRestart: boolean };

/** How an attempt to start came out. */
export type StartOutcome =
  | { readonly kind: 'running'; readonly port: number; readonly skippedPorts: readonly number[] }
  /** `message`: why, in English; with a reason of kind `other` it is all there is, and may be in the user's language. */
  | { readonly kind: 'failed'; readonly reason: StartFailure; readonly message: string }
  | { readonly kind: 'died'; readonly reason: string }
  | { readonly kind: 'stopped' };

/** What a server needs of the window, and tells it. */
export interface ServerSurroundings {
  /** Path of the server's program. */
  readonly script: string;
  readonly store: CaptureStore;
  readonly log: CaptureLog;
  report(level: LogLevel, message: string): void;
  /** The calls as text, a line each. */
  callTexts(calls: readonly TracedCall[]): Promise<readonly string[]>;
  /** Its state is another one. */
  changed(server: Server): void;
  /** Its program waits for a debugger at this address, and does nothing until one has attached. */
  debuggerAwaited(server: Server, inspectorUrl: string): void;
  /** It ended though nobody asked it to, after it had started. */
  died(server: Server, reason: string, offerRestart: boolean): void;
}

/** One folder's server: starts and ends its process, and passes what that captures to the store. */
export class Server {
  readonly root: string;
  readonly name: string;
  state: ServerState = { kind: 'stopped' };
  /** The present run, or the last one; empty before the first. */
  run: RunId = '';
  /** Where it listens, or last did; null before the first time. */
  lastPort: number | null = null;
  /** The port that the settings asked for when it was started last. */
  private settingsPort: number | null = null;
  /** Its program was started for a debugger: in the present run, or else in the last one. */
  isDebugged = false;
  /** The network may reach it, in the present run or the last one, because the user shared it. */
  isShared = false;
  /** Of the present run, or the last one. */
  live: LiveSettings | null = null;
  private readonly surroundings: ServerSurroundings;
  private process: ServerProcess | null = null;
  private deaths: number[] = [];
  private starting: Promise<StartOutcome> | null = null;
  private started: ((outcome: StartOutcome) => void) | null = null;
  private failure: { reason: StartFailure; message: string } | null = null;
  private whenEnded: Promise<void> = Promise.resolve();

  /** @param root absolute path of the folder it serves */
  constructor(root: string, name: string, surroundings: ServerSurroundings) {
    this.root = root;
    this.name = name;
    this.surroundings = surroundings;
  }

  /** Whether it runs, or is about to. */
  get isActive(): boolean {
    return this.state.kind === 'running' || this.state.kind === 'starting';
  }

  /** Where it answers on this machine; null while it does not. */
  get url(): string | null {
    return this.state.kind === 'running' ? urlOf(this.state.host, this.state.port, this.state.secure) : null;
  }

  get processId(): number | undefined {
    return this.process?.processId;
  }

  /**
   * The port to start it on: the one that the settings ask for, or, if it is started again and they ask for none other
   * than before, the one that it had. Pages that are open expect it there.
   */
  portToStartOn(settingsPort: number, again: boolean): number {
    const kept = again && this.settingsPort === settingsPort ? this.lastPort : null;
    this.settingsPort = settingsPort;
    return kept ?? settingsPort;
  }

  /**
   * Starts it, once a stop under way is over. A call while it starts gets that start's outcome.
   *
   * @param debugged the process waits for a debugger to attach before it serves
   */
  start(settings: Omit<ServerSettings, 'root'>, debugged = false): Promise<StartOutcome> {
    this.starting ??= this.startOnce(settings, debugged).finally(() => {
      this.starting = null;
    });
    return this.starting;
  }

  /** Resolves when its process has ended. */
  stop(): Promise<void> {
    if (this.process !== null && this.state.kind !== 'stopping') {
      this.enter({ kind: 'stopping' });
      this.process.stop();
    }
    return this.whenEnded;
  }

  kill(): void {
    this.process?.kill();
  }

  /** Its debugger has gone, and it goes on. */
  debuggerLeft(): void {
    this.isDebugged = false;
    this.surroundings.report('info', 'It is no longer debugged, and goes on.');
    this.surroundings.changed(this);
  }

  /** Gives up a start under way, and says why. */
  abandonStart(message: string): void {
    if (this.state.kind !== 'starting') return;
    this.failure = { reason: { kind: 'other' }, message };
    this.kill();
  }

  /** Lets the running process answer to further host names, by which other machines know it. */
  allowHosts(hosts: readonly string[]): void {
    this.send({ type: 'allowHosts', hosts });
  }

  /** What an editor holds of a file; null: nothing else than the disk does. */
  setUnsaved(file: string, content: Uint8Array | null): void {
    this.send({ type: 'unsaved', file, content });
  }

  /** The page that stands for a file, in UTF-8. */
  setRendered(file: string, page: Uint8Array): void {
    this.send({ type: 'rendered', file, page });
  }

  /** Files were changed, made or deleted; null: more than can be listed. */
  filesChanged(files: readonly string[] | null): void {
    this.send({ type: 'filesChanged', files });
  }

  closeConnection(connection: number): void {
    this.send({ type: 'closeConnection', connection });
  }

  private async startOnce(settings: Omit<ServerSettings, 'root'>, debugged: boolean): Promise<StartOutcome> {
    await this.whenEnded;
    const { store, log } = this.surroundings;
    const description = {
      id: randomUUID(),
      serverName: this.name,
      root: this.root,
      startedAt: Date.now(),
      traced: settings.sockets.trace,
    };
    this.run = description.id;
    store.addRun(description);
    log.addRun(description);
    const outcome = new Promise<StartOutcome>((resolve) => {
      this.started = resolve;
    });
    this.failure = null;
    this.isDebugged = debugged;
    this.live = settings.live;
    this.whenEnded = this.fork({ ...settings, root: this.root });
    this.enter({ kind: 'starting' });
    return outcome;
  }

  private send(message: ToServer): void {
    this.process?.send(message);
  }

  private fork(settings: ServerSettings): Promise<void> {
    return new Promise((resolve) => {
      this.process = new ServerProcess(this.surroundings.script, settings, this.isDebugged, {
        message: (message) => this.take(message),
        log: (level, line) => this.surroundings.report(level, line),
        ended: (end) => {
          this.endRun(end);
          resolve();
        },
      });
    });
  }

  private take(message: ServerMessage): void {
    const { store, log } = this.surroundings;
    switch (message.type) {
      case 'debuggerAwaited':
        this.surroundings.debuggerAwaited(this, message.inspectorUrl);
        return;
      case 'listening': {
        const { host, port, secure, skippedPorts } = message;
        this.surroundings.report('info', `Serves ${this.root} at ${urlOf(host, port, secure)}`);
        this.lastPort = port;
        if (this.state.kind === 'starting') this.enter({ kind: 'running', host, port, secure });
        this.settleStart({ kind: 'running', port, skippedPorts });
        return;
      }
      case 'startFailed':
        this.failure = { reason: message.reason, message: message.message };
        return;
      case 'batch':
        store.add(this.run, message.batch);
        log.addBatch(this.run, message.packed);
        this.send({ type: 'batchStored', sequence: message.batch.sequence });
        return;
      case 'stopped':
        return;
    }
  }

  private endRun(end: ProcessEnd): void {
    const { store, log, report, changed, died } = this.surroundings;
    this.process = null;
    const asked = this.state.kind === 'stopping';
    const { failure } = this;
    const reason = asked ? 'The server was stopped.' : (failure?.message ?? describeEnd(end));
    const runEnd = { reason, time: Date.now() };
    store.endRun(this.run, runEnd);
    log.endRun(this.run, runEnd);
    report(asked ? 'info' : 'error', reason);
    if (end.signal !== null && !asked) void this.reportLastCalls();
    if (asked || failure !== null) {
      this.enter({ kind: 'stopped' });
      this.settleStart(failure === null ? { kind: 'stopped' } : { kind: 'failed', ...failure });
      return;
    }
    const offerRestart = this.countDeath();
    const hadStarted = this.state.kind === 'running';
    this.state = { kind: 'died', reason, offerRestart };
    changed(this);
    this.settleStart({ kind: 'died', reason });
    if (hadStarted) died(this, reason, offerRestart);
  }

  /** Logs the last system calls of a process that crashed in native code, and so could say nothing itself. */
  private async reportLastCalls(): Promise<void> {
    const { store, report, callTexts } = this.surroundings;
    const calls = store.lastCalls(this.run, lastCalls);
    if (calls.length === 0) return;
    const texts = await callTexts(calls);
    report('error', `The last system calls that had arrived: ${texts.join('; ')}`);
  }

  private countDeath(): boolean {
    const now = Date.now();
    this.deaths = [...this.deaths.filter((time) => now - time < deathWindow), now];
    return this.deaths.length < deathsBeforeGivingUp;
  }

  private settleStart(outcome: StartOutcome): void {
    this.started?.(outcome);
    this.started = null;
  }

  private enter(state: ServerState): void {
    this.state = state;
    this.surroundings.changed(this);
  }
}

/** The URL at which a server that listens on `host` answers on its own machine. */
export function urlOf(host: string, port: number, secure: boolean): string {
  // The unspecified addresses mean all of the machine's own when listening, and cannot be connected to.
  const reachable = host === '0.0.0.0' || host === '' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `${secure ? 'https' : 'http'}://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}/`;
}
