/** Which processor runs what: on Linux the server has one to itself, so that one process is measured and no luck. */
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';

export type Role =
  /** The one process that is measured. */
  | 'server'
  /** wrk. */
  | 'load'
  /** Whoever stores the capture, as VS Code's extension host would. */
  | 'host';

/** Of the machine: a process that is pinned itself, as a host is, is told only of its own by `availableParallelism`. */
const processors = cpus().length;

export const canPin = processors >= 2 && spawnSync('taskset', ['-V']).error === undefined;

/** A command that runs on the processors of its role. */
export function pinned(role: Role, command: readonly string[]): string[] {
  return canPin ? ['taskset', '-c', processorsOf(role), ...command] : [...command];
}

/** Moves a running process, with all its threads. Throws where that fails: it would be measured beside the load. */
export function pin(role: Role, processId: number): void {
  if (!canPin) return;
  const { status, stderr } = spawnSync('taskset', ['-apc', processorsOf(role), String(processId)]);
  if (status !== 0) throw new Error(`Process ${processId} stays on the processors that it has: ${stderr}`);
}

function processorsOf(role: Role): string {
  const last = processors - 1;
  if (role === 'server') return '0';
  // With only two processors, the load and the host have to share the other one.
  if (role === 'load' || last === 1) return '1';
  return `2-${last}`;
}
