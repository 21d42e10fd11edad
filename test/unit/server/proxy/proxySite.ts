import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import {
  type AddressInfo,
  createServer as createRawServer,
  type Server as RawServer,
  type Socket,
} from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { WebSocketServer } from 'ws';
import type { Limits } from '../../../../src/http/limits.ts';
import type { SocketLayerChoice } from '../../../../src/protocol/server.ts';
import type { WorkerReport } from '../../../../src/protocol/worker.ts';
import type { RunningServer } from '../../../../src/server/runningServer.ts';
import { startServer } from '../../../../src/server/server.ts';
import { defaultSettings } from '../../../../src/settings/serverOptions.ts';

export interface ProxyOptions {
  readonly limits?: Partial<Limits>;
  readonly changeOrigin?: boolean;
  /** Where `/api` is forwarded to; the upstream server if not given. */
  readonly target?: string;
  /** Given, the server captures, with bodies bounded to 1024 bytes each way. */
  readonly report?: (report: WorkerReport) => void;
}

/** A folder with a page, "front end", and two upstream servers behind it: `/api` is HTTP, `/raw` is raw bytes. */
export class ProxySite {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'spark-proxy-'));
  readonly upstream: Server;
  /** What `/raw` answers whoever connects, whatever it sends. */
  rawAnswer: (socket: Socket) => void = () => {};
  private readonly raw: RawServer;
  private readonly running: RunningServer[] = [];

  private constructor() {
    writeFileSync(path.join(this.folder, 'index.html'), '<!doctype html>front end');
    this.upstream = createServer(answer);
    const sockets = new WebSocketServer({ server: this.upstream, path: '/api/ws' });
    sockets.on('connection', (socket) => {
      socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
    });
    this.raw = createRawServer((socket) => {
      socket.on('error', () => {});
      this.rawAnswer(socket);
    });
  }

  static async open(): Promise<ProxySite> {
    const site = new ProxySite();
    const servers = [site.upstream, site.raw];
    await Promise.all(servers.map((server) => once(server.listen(0, '127.0.0.1'), 'listening')));
    return site;
  }

  /** Port of the server behind `/api`. */
  get apiPort(): number {
    return (this.upstream.address() as AddressInfo).port;
  }

  get rawPort(): number {
    return (this.raw.address() as AddressInfo).port;
  }

  async start(layer: SocketLayerChoice, options: ProxyOptions = {}): Promise<RunningServer> {
    const defaults = defaultSettings(this.folder);
    const { limits, changeOrigin = false, target = `http://127.0.0.1:${this.apiPort}`, report } = options;
    const server = await startServer({
      settings: {
        ...defaults,
        port: 0,
        limits: { ...defaults.limits, ...limits },
        sockets: { ...defaults.sockets, layer },
        proxy: {
          routes: [
            { prefix: '/api', target },
            { prefix: '/raw', target: `http://127.0.0.1:${this.rawPort}` },
          ],
          changeOrigin,
        },
      },
      recording:
        report === undefined
          ? { kind: 'nothing' }
          : { kind: 'capture', bodyBytes: 1024, unacknowledgedBatches: 8 },
      workerScript: '',
      report: report ?? (() => {}),
    });
    this.running.push(server);
    return server;
  }

  async stopServers(): Promise<void> {
    await Promise.all(this.running.splice(0).map((server) => server.stop()));
  }

  close(): void {
    this.upstream.closeAllConnections();
    this.upstream.close();
    this.raw.close();
    rmSync(this.folder, { recursive: true });
  }
}

/** What the upstream server does. */
function answer(request: IncomingMessage, response: ServerResponse): void {
  const route = /^\/api\/([a-z-]*)/.exec(request.url ?? '')?.[1];
  switch (route) {
    case 'echo':
      response.writeHead(200, { 'X-Method': request.method });
      request.pipe(response);
      break;
    case 'digest': {
      const hash = createHash('sha256');
      request.on('data', (bytes) => hash.update(bytes)).on('end', () => response.end(hash.digest('hex')));
      break;
    }
    case 'refuse':
      response.writeHead(401, { Connection: 'close' });
      response.end('no');
      break;
    case 'hints':
      response.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' });
      response.end('hinted');
      break;
    case 'trailers':
      request.resume().on('end', () => {
        response.writeHead(200, { Trailer: 'X-Sum' });
        response.write(JSON.stringify(request.trailers));
        response.addTrailers({ 'X-Sum': '42' });
        response.end();
      });
      break;
    case 'events':
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write('data: 1\n\n');
      break;
    case 'moved':
      response.writeHead(302, { Location: `http://127.0.0.1:${request.socket.localPort}/api/there` });
      response.end();
      break;
    case 'empty':
      response.writeHead(204);
      response.end();
      break;
    case 'silent':
      break;
    default:
      response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers }));
  }
}
