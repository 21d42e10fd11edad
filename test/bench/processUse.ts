/** What a process uses, as the system counts it. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Ticks in which Linux counts processor time. */
const ticksPerSecond = 100;

/** Processor time of a process so far, with all its threads; null where there is none, or the system has no /proc. */
export function cpuSeconds(processId: number | null): number | null {
  if (processId === null) return null;
  try {
    const status = readFileSync(`/proc/${processId}/stat`, 'latin1');
    // The name of the program, in parentheses, may hold spaces.
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  } catch {
    return null;
  }
}

/** Memory that a process holds, in bytes. */
export function residentBytes(processId: number): number {
  const { stdout } = spawnSync('ps', ['-o', 'rss=', '-p', String(processId)], { encoding: 'utf8' });
  return Number(stdout) * 1024;
}
