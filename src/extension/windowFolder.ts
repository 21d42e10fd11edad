import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** A server that runs in a window, to be started again after a reload. */
export interface KeptServer {
  readonly root: string;
  readonly name: string;
  readonly port: number;
}

/** What a window's folder remembers of it. */
export interface WindowState {
  readonly servers: readonly KeptServer[];
  /** When the window was closed, in milliseconds since the epoch; null while it is open, or where it crashed. */
  readonly closedAt: number | null;
}

const stateFile = 'servers.json';

/**
 * The folder in which one window keeps what must outlast it. Several windows can be open on one workspace: each has a
 * folder of its own, with its process id in the name. Once that process is gone, the next window to open takes it over.
 */
export class WindowFolder {
  /** Exists once it is claimed. */
  readonly folder: string;
  private readonly storage: string;

  /** @param storage folder of the workspace's windows */
  constructor(storage: string) {
    this.storage = storage;
    this.folder = path.join(storage, `${process.pid}-${randomUUID()}`);
  }

  /**
   * Takes over the newest folder that was left behind, or makes one; removes the others that were left behind.
   *
   * @returns what the window before this one left
   * @throws errors of the file system
   */
  claim(): WindowState {
    const { storage, folder } = this;
    mkdirSync(storage, { recursive: true });
    const abandoned = readdirSync(storage)
      .map((name) => path.join(storage, name))
      .filter((one) => !isInUse(path.basename(one)))
      .map((one) => ({ folder: one, time: timeOf(one) }))
      .sort((one, other) => other.time - one.time);
    let left: WindowState | null = null;
    for (const { folder: one } of abandoned) {
      if (left === null && move(one, folder)) left = readState(folder);
      else rmSync(one, { recursive: true, force: true });
    }
    mkdirSync(folder, { recursive: true });
    return left ?? { servers: [], closedAt: null };
  }

  /** Remembers which servers run. */
  keep(servers: readonly KeptServer[]): void {
    this.write({ servers, closedAt: null });
  }

  /** Notes that the window was closed, with the servers that were kept last. */
  close(): void {
    this.write({ servers: readState(this.folder).servers, closedAt: Date.now() });
  }

  private write(state: WindowState): void {
    writeFileSync(path.join(this.folder, stateFile), JSON.stringify(state));
  }
}

/** Whether the process that a folder is named after still runs. */
function isInUse(name: string): boolean {
  const processId = Number.parseInt(name, 10);
  if (!(processId > 0)) return false;
  if (processId === process.pid) return true;
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** False where another window was faster. */
function move(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch {
    return false;
  }
}

function timeOf(folder: string): number {
  try {
    return Math.max(...readdirSync(folder).map((name) => statSync(path.join(folder, name)).mtimeMs), 0);
  } catch {
    // Another window has just taken it.
    return 0;
  }
}

function readState(folder: string): WindowState {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path.join(folder, stateFile), 'utf8'));
  } catch {
    // Never written, or cut off: nothing is known of servers.
    value = null;
  }
  const { servers, closedAt } = { servers: [], closedAt: null, ...asObject(value) };
  return {
    servers: Array.isArray(servers) ? servers.filter(isKeptServer) : [],
    closedAt: typeof closedAt === 'number' ? closedAt : null,
  };
}

function isKeptServer(value: unknown): value is KeptServer {
  const { root, name, port } = asObject(value);
  return typeof root === 'string' && typeof name === 'string' && Number.isInteger(port);
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
