/** The servers that are compared, and how each is started. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pinned, type Role } from './processors.ts';
import type { SparkReport } from './servers/sparkHost.ts';

export interface Surroundings {
  /** Where the bundles of this benchmark lie. */
  readonly bundles: string;
  /** Where the other servers of Node.js are installed. */
  readonly peers: string;
  /** The folder that is served. */
  readonly site: string;
  /** For what a server has to write. */
  readonly scratch: string;
}

/** A server that accepts connections. */
export interface RunningContender {
  readonly port: number;
  /** The process that serves. */
  readonly processId: number;
  /** The process that started it and stores what it captures; null where there is none. */
  readonly hostProcessId: number | null;
  /** Only of Spark: what its host knows. */
  report(): Promise<SparkReport>;
  stop(): Promise<void>;
}

export interface Contender {
  /** What it is called on the command line. */
  readonly id: string;
  readonly title: string;
  /** Whether it has to be installed first. */
  readonly peer?: boolean;
  /** `file`: the one that will be asked for. */
  start(surroundings: Surroundings, file: string): Promise<RunningContender>;
}

export const contenders: readonly Contender[] = [
  { id: 'spark', title: 'Spark, capture off', start: (at) => spark(at, { sockets: 'auto' }) },
  {
    id: 'spark-trace',
    title: 'Spark, capture off, calls traced',
    start: (at) => spark(at, { sockets: 'auto', trace: true }),
  },
  {
    id: 'spark-libuv',
    title: 'Spark on libuv, capture off',
    start: (at) => spark(at, { sockets: 'libuv' }),
  },
  {
    id: 'ceiling',
    title: 'bare `node:net`, fixed answer',
    start: (at, file) => node(at, 'server', 'fixedAnswer', ['net', path.join(at.site, file)]),
  },
  {
    id: 'spark-capture',
    title: 'Spark, capture on',
    // As the extension starts it.
    start: (at) => spark(at, { sockets: 'auto', capture: true, trace: true }),
  },
  {
    id: 'node-http',
    title: '`node:http`, fixed answer',
    start: (at, file) => node(at, 'server', 'fixedAnswer', ['http', path.join(at.site, file)]),
  },
  { id: 'nginx', title: 'nginx, one worker', start: nginx },
  ...['sirv', 'serve-handler', 'http-server', 'live-server'].map((id) => ({
    id,
    title: id === 'sirv' ? 'sirv, dev mode' : id,
    peer: true,
    start: (at: Surroundings) => node(at, 'server', 'peer', [id, at.site, at.peers]),
  })),
];

interface SparkOptions {
  /** `auto`: system calls where they are proven, else libuv. */
  readonly sockets: 'auto' | 'libuv';
  readonly capture?: boolean;
  readonly trace?: boolean;
}

async function spark(at: Surroundings, { sockets, capture, trace }: SparkOptions): Promise<RunningContender> {
  const words = [sockets, capture ? 'capture' : '', trace ? 'trace' : ''];
  const host = await node(at, 'host', 'sparkHost', [path.join(at.bundles, 'server.cjs'), at.site, ...words]);
  const { processId } = await host.report();
  return { ...host, processId, hostProcessId: host.processId };
}

/** A program of this benchmark, which tells its port. */
async function node(
  { bundles }: Surroundings,
  role: Role,
  bundle: string,
  args: readonly string[],
): Promise<RunningContender> {
  const command = [process.execPath, path.join(bundles, `${bundle}.cjs`), ...args];
  const [program, ...rest] = pinned(role, command);
  const child = spawn(program, rest, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // The other servers of Node.js are measured as they run in production.
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const port = await told<{ port: number }>(child, bundle);
  return {
    port: port.port,
    processId: child.pid ?? 0,
    hostProcessId: null,
    async report() {
      const report = told<SparkReport>(child, bundle);
      child.send('report');
      return report;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}

/** The next message of a process. Rejects where it ends instead. */
async function told<Message>(child: ChildProcess, name: string): Promise<Message> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`${name} ended with exit code ${code}.`));
    child.once('error', reject);
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      child.off('error', reject);
      resolve(message as Message);
    });
  });
}

/** One worker, and for files what the packages of distributions set: sendfile and tcp_nopush. */
async function nginx({ scratch, site }: Surroundings): Promise<RunningContender> {
  const port = await freePort();
  const folder = path.join(scratch, 'nginx');
  mkdirSync(folder, { recursive: true });
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  const configuration = `
daemon off;
worker_processes 1;
pid ${folder}/pid;
error_log stderr error;
${process.getuid?.() === 0 ? 'user root;' : ''}
events {}
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  default_type text/css;
  ${temporary.join('\n  ')}
  server {
    listen 127.0.0.1:${port};
    root ${site};
  }
}
`;
  const file = path.join(folder, 'nginx.conf');
  writeFileSync(file, configuration);
  const [program, ...args] = pinned('server', ['nginx', '-e', 'stderr', '-p', folder, '-c', file]);
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  await accepting(port);
  return {
    port,
    processId: workerOf(child.pid ?? 0),
    hostProcessId: null,
    report: () => Promise.reject(new Error('nginx has no host.')),
    async stop() {
      const exited = once(child, 'exit');
      child.kill();
      await exited;
    },
  };
}

/** The process that serves; on systems whose `ps` cannot tell, the one that supervises it. */
function workerOf(supervisor: number): number {
  const { stdout } = spawnSync('ps', ['-o', 'pid=', '--ppid', String(supervisor)], { encoding: 'utf8' });
  return Number(stdout) || supervisor;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('The system gave no port.');
  return address.port;
}

async function accepting(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return;
    } catch {
      await sleep(50);
    } finally {
      socket.destroy();
    }
  }
  throw new Error(`Nobody answers on port ${port}.`);
}
