import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundlePrograms } from '../../programs.mjs';

/** The command line, bundled as it ships, in a folder of its own. */
export class CommandLine {
  private readonly folder: string;
  private readonly running = new Set<Command>();

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async bundle(): Promise<CommandLine> {
    const folder = mkdtempSync(path.join(tmpdir(), 'spark-cli-'));
    chmodSync(folder, 0o755);
    await bundlePrograms(folder);
    return new CommandLine(folder);
  }

  run(...args: readonly string[]): Command {
    return this.start(process.execPath, [this.script, ...args]);
  }

  /** Runs it with so many file descriptors at most. */
  limited(descriptors: number, ...args: readonly string[]): Command {
    const script = `ulimit -n ${descriptors} && exec "$@"`;
    return this.start('sh', ['-c', script, 'sh', process.execPath, this.script, ...args]);
  }

  /** Runs it below `strace`. */
  straced(options: readonly string[], ...args: readonly string[]): Command {
    return this.start('strace', [...options, process.execPath, this.script, ...args]);
  }

  /** Runs it as a user who may read no more than anybody, where this one is the superuser. */
  unprivileged(...args: readonly string[]): Command {
    const nobody = 65_534;
    const user = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
    return this.start(process.execPath, [this.script, ...args], user);
  }

  private get script(): string {
    return path.join(this.folder, 'cli.js');
  }

  private start(
    program: string,
    args: readonly string[],
    user: { readonly uid?: number; readonly gid?: number } = {},
  ): Command {
    const child = spawn(program, args, { stdio: 'pipe', ...user });
    const command = new Command(child);
    this.running.add(command);
    child.once('exit', () => this.running.delete(command));
    return command;
  }

  /** Runs `spark` on a folder and a free port; resolves when it can accept connections. */
  async serve(folder: string, ...args: readonly string[]): Promise<Command> {
    const command = this.run(folder, '--port', '0', ...args);
    await command.listening();
    return command;
  }

  dispose(): void {
    for (const command of this.running) command.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A run of the command. */
export class Command {
  output = '';
  errors = '';
  port = 0;
  readonly child: ChildProcess;
  private readonly ended: Promise<{ code: number | null; signal: string | null }>;

  constructor(child: ChildProcess) {
    this.child = child;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.output += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.errors += text;
    });
    this.ended = once(child, 'close').then(([code, signal]) => ({ code, signal }));
  }

  get lines(): readonly string[] {
    return this.output.split('\n').slice(0, -1);
  }

  /** Resolves with the first line of the output, whole, that `pattern` matches. */
  line(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        for (const line of this.lines) {
          const match = pattern.exec(line);
          if (match === null) continue;
          this.child.stdout?.off('data', look);
          resolve(match);
          return;
        }
      };
      this.child.stdout?.on('data', look);
      look();
      void this.ended.then(() =>
        reject(new Error(`It ended without ${pattern}: ${this.output}${this.errors}`)),
      );
    });
  }

  async listening(): Promise<void> {
    const [, port] = await this.line(/https?:\/\/127\.0\.0\.1:(\d+)\//);
    this.port = Number(port);
  }

  kill(signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): void {
    this.child.kill(signal);
  }

  exit(): Promise<{ code: number | null; signal: string | null }> {
    return this.ended;
  }
}
