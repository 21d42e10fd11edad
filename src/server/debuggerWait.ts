import { spawn } from 'node:child_process';
import inspector from 'node:inspector';

/** How often it is looked whether the host is still there, in milliseconds. */
const hostCheck = 250;

/**
 * Opens an inspector port on the loopback address, unless one is open already.
 *
 * @returns the address that a debugger attaches at: knowing it is the right to run code in this process
 */
export function openInspector(): string {
  if (inspector.url() === undefined) inspector.open(0, '127.0.0.1');
  const url = inspector.url();
  if (url === undefined) throw new Error('This build of Node.js has no inspector.');
  return url;
}

/**
 * While this process waits for a debugger, and whenever it is paused later, it learns of nothing, not even that its host
 * has died: another process watches for that. (A thread of this one would do, but would show in the debugger.)
 */
export function startGuard(): void {
  const guard = spawn(process.execPath, ['-e', guardProgram, String(process.ppid), String(process.pid)], {
    stdio: 'ignore',
    windowsHide: true,
  });
  guard.on('error', (error) =>
    console.error(`Held by a debugger, the server may outlast its host: ${error.message}`),
  );
  guard.unref();
}

/** Ends the debugged process (the second argument) once its host (the first) is gone. */
const guardProgram = `
  const [host, debugged] = process.argv.slice(-2).map(Number);
  const isThere = (id) => {
    try {
      return process.kill(id, 0);
    } catch (error) {
      return error.code === 'EPERM';
    }
  };
  setInterval(() => {
    if (!isThere(host)) process.kill(debugged, 'SIGKILL');
    if (!isThere(host) || !isThere(debugged)) process.exit();
  }, ${hostCheck});
`;
