import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { until } from './spark.ts';

/** A thread that a debugger holds. */
export interface Stop {
  readonly session: vscode.DebugSession;
  readonly threadId: number;
  readonly reason: string;
}

/** Follows what the debug adapters tell the workbench. */
export class DebuggerWatch implements vscode.Disposable {
  readonly stops: Stop[] = [];
  private readonly open = new Map<string, vscode.DebugSession>();
  private readonly happened = new vscode.EventEmitter<void>();
  private readonly subscriptions: vscode.Disposable[];

  constructor() {
    this.subscriptions = [
      vscode.debug.registerDebugAdapterTrackerFactory('*', {
        createDebugAdapterTracker: (session) => ({
          onDidSendMessage: ({ type, event, body }) => {
            if (type !== 'event' || event !== 'stopped') return;
            this.stops.push({ session, threadId: body.threadId, reason: body.reason });
            this.happened.fire();
          },
        }),
      }),
      vscode.debug.onDidStartDebugSession((session) => {
        this.open.set(session.id, session);
        this.happened.fire();
      }),
      vscode.debug.onDidTerminateDebugSession(({ id }) => {
        this.open.delete(id);
        this.happened.fire();
      }),
    ];
  }

  /** The next thread that is held; it is not given again. */
  async nextStop(): Promise<Stop> {
    await until(() => this.stops.length > 0, this.happened.event);
    const stop = this.stops.shift();
    assert.ok(stop);
    return stop;
  }

  /** The sessions whose names match, each with its place in the Call Stack view, once there are so many. */
  async named(name: RegExp, count: number): Promise<vscode.DebugSession[]> {
    const matching = () => [...this.open.values()].filter((session) => name.test(session.name));
    await until(() => matching().length >= count, this.happened.event);
    return matching();
  }

  /** Pauses a session's only thread. */
  async pause(session: vscode.DebugSession): Promise<Stop> {
    await session.customRequest('pause', { threadId: await threadOf(session) });
    return this.nextStop();
  }

  /** Asks the debugger something, and waits for the answer. */
  async roundTrip(session: vscode.DebugSession): Promise<'answered'> {
    await threadOf(session);
    return 'answered';
  }

  /** Resolves when no debug session is open. */
  async over(): Promise<void> {
    await until(() => this.open.size === 0, this.happened.event);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}

async function threadOf(session: vscode.DebugSession): Promise<number> {
  const { threads } = await session.customRequest('threads');
  return threads[0].id;
}

interface Frame {
  readonly id: number;
  readonly name: string;
  readonly line: number;
  readonly source?: { readonly path?: string };
}

interface Variable {
  readonly name: string;
  readonly value: string;
  readonly variablesReference: number;
  readonly indexedVariables?: number;
}

export async function resume({ session, threadId }: Stop): Promise<void> {
  await session.customRequest('continue', { threadId });
}

/** The innermost frame of a thread that is held. */
export async function topFrame({ session, threadId }: Stop): Promise<Frame> {
  const { stackFrames } = await session.customRequest('stackTrace', { threadId, startFrame: 0, levels: 1 });
  return stackFrames[0];
}

/** The bytes of a variable that is an array of them, as the Variables view shows them. */
export async function bytesOf({ session }: Stop, frame: Frame, name: string, count: number): Promise<Buffer> {
  const { scopes } = await session.customRequest('scopes', { frameId: frame.id });
  const local = await variables(session, scopes[0].variablesReference, {});
  const found = local.find((variable) => variable.name === name);
  assert.ok(found, `${name} is not among ${local.map((variable) => variable.name)}`);
  const elements = await variables(session, found.variablesReference, {
    filter: 'indexed',
    start: 0,
    count: 2 * count,
  });
  const bytes = elements.filter((element) => /^\d+$/.test(element.name)).slice(0, count);
  return Buffer.from(bytes.map(({ value }) => Number(value)));
}

async function variables(session: vscode.DebugSession, reference: number, more: object): Promise<Variable[]> {
  const answer = await session.customRequest('variables', { variablesReference: reference, ...more });
  return answer.variables;
}

/** Sets a breakpoint in Spark's own source, on the only line that contains a text. */
export function breakAt(file: string, text: string): void {
  const extension = vscode.extensions.getExtension('spark.spark');
  assert.ok(extension);
  const uri = vscode.Uri.joinPath(extension.extensionUri, file);
  const lines = readFileSync(uri.fsPath, 'utf8').split('\n');
  const found = lines.flatMap((line, index) => (line.includes(text) ? [index] : []));
  assert.equal(found.length, 1, `${text} is on ${found.length} lines of ${file}`);
  const location = new vscode.Location(uri, new vscode.Position(found[0], 0));
  vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(location)]);
}
