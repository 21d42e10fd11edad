import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { listenerOn, ownerOf, readKernelSockets, type SocketOwner } from './kernelView.ts';
import type { SocketAddress } from './transport.ts';

/** Milliseconds to wait for a tool's answer: long enough for a system under load. */
const patience = 3000;

const run = promisify(execFile);

/**
 * Which process listens on a port. Null where that cannot be seen: another user's process, or a system without the means
 * to tell.
 */
export async function portOwner(address: SocketAddress): Promise<SocketOwner | null> {
  try {
    switch (process.platform) {
      case 'linux': {
        const listener = listenerOn((await readKernelSockets()) ?? [], address);
        return listener === undefined ? null : await ownerOf(listener);
      }
      case 'darwin':
        return await askLsof(address.port);
      case 'win32':
        return await askNetstat(address.port);
      default:
        return null;
    }
  } catch {
    // The tool is missing, or says nothing: the owner stays unknown.
    return null;
  }
}

/** `lsof -Fpc` writes a field a line, by its letter: p the process, c its command. */
export function ownerInLsof(output: string): Omit<SocketOwner, 'commandLine'> | null {
  const pid = Number(/^p(\d+)$/m.exec(output)?.[1]);
  return pid > 0 ? { pid, name: /^c(.+)$/m.exec(output)?.[1] ?? '' } : null;
}

/**
 * The process that listens on a port, from the output of `netstat -ano -p TCP` on Windows; null where none does. The
 * states are words in the system's language, so a listener is recognised by having no peer.
 */
export function processInNetstat(output: string, port: number): number | null {
  for (const line of output.split(/\r?\n/)) {
    const [protocol, local, peer, ...rest] = line.trim().split(/\s+/);
    if (protocol !== 'TCP' || local === undefined || !/:0$/.test(peer ?? '')) continue;
    if (local.endsWith(`:${port}`)) return Number(rest.at(-1)) || null;
  }
  return null;
}

/** The program's name, from the output of `tasklist /FO CSV /NH` for one process. */
export function nameInTasklist(output: string): string {
  return /^"([^"]+)"/.exec(output.trim())?.[1] ?? '';
}

/** @throws where there is no lsof, or nobody listens */
export async function askLsof(port: number): Promise<SocketOwner | null> {
  const asked = await run('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], { timeout: patience });
  const owner = ownerInLsof(asked.stdout);
  if (owner === null) return null;
  const { stdout } = await run('ps', ['-o', 'args=', '-p', String(owner.pid)], { timeout: patience });
  return { ...owner, commandLine: stdout.trim() };
}

async function askNetstat(port: number): Promise<SocketOwner | null> {
  const tool = (name: string) => path.join(process.env.SystemRoot ?? 'C:\\Windows', 'System32', name);
  const options = { timeout: patience, windowsHide: true };
  const pid = processInNetstat((await run(tool('netstat.exe'), ['-ano', '-p', 'TCP'], options)).stdout, port);
  if (pid === null) return null;
  const args = ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH'];
  return {
    pid,
    name: nameInTasklist((await run(tool('tasklist.exe'), args, options)).stdout),
    commandLine: '',
  };
}
