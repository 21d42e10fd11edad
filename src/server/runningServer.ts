import type { ServerSettings } from '../protocol/server.ts';
import type { Recording, WorkerReport } from '../protocol/worker.ts';
import type { SocketAddress } from '../sockets/transport.ts';

/** What a server is started with. */
export interface StartOptions {
  readonly settings: ServerSettings;
  readonly recording: Recording;
  /** Path of the program that a worker of a concurrency model runs. */
  readonly workerScript: string;
  /** As in `ServingOptions`. */
  readonly lendsBatches?: boolean;
  report(report: WorkerReport): void;
}

/** A model that serves, and who records what it does. */
export interface Server {
  readonly address: SocketAddress;
  /** Allows further hosts, from the next request on. */
  allowHosts(hosts: readonly string[]): void;
  closeConnection(id: number): void;
  /** The batch of this number, and so all before it, is stored. */
  batchStored(sequence: number): void;
  /** What an editor holds of a file; null: nothing else than the disk does. */
  setUnsaved(file: string, content: Uint8Array | null): void;
  /** The page that stands for a file, in UTF-8. */
  setRendered(file: string, page: Uint8Array): void;
  /** Files were changed, made or deleted; null: more than can be listed. */
  filesChanged(files: readonly string[] | null): void;
  /** Resolves when every socket is closed, and the last batch is reported. */
  stop(grace: number): Promise<void>;
}

/** A server that accepts connections. */
export class RunningServer {
  /** Ports that were tried before, but are taken. */
  readonly skippedPorts: readonly number[];
  private readonly server: Server;
  private readonly stopTime: number;

  /** `stopTime`: milliseconds that answers under way get when it stops. */
  constructor(server: Server, skippedPorts: readonly number[], stopTime: number) {
    this.server = server;
    this.stopTime = stopTime;
    this.skippedPorts = skippedPorts;
  }

  get host(): string {
    return this.server.address.address;
  }

  get port(): number {
    return this.server.address.port;
  }

  allowHosts(hosts: readonly string[]): void {
    this.server.allowHosts(hosts);
  }

  closeConnection(id: number): void {
    this.server.closeConnection(id);
  }

  /** What an editor holds of a file; null: nothing else than the disk does. */
  setUnsaved(file: string, content: Uint8Array | null): void {
    this.server.setUnsaved(file, content);
  }

  /** The page that stands for a file, in UTF-8. */
  setRendered(file: string, page: Uint8Array): void {
    this.server.setRendered(file, page);
  }

  /** Files were changed, made or deleted; null: more than can be listed. */
  filesChanged(files: readonly string[] | null): void {
    this.server.filesChanged(files);
  }

  batchStored(sequence: number): void {
    this.server.batchStored(sequence);
  }

  /** Stops gracefully; resolves when every socket is closed, and the last batch is reported. */
  stop(): Promise<void> {
    return this.server.stop(this.stopTime);
  }
}
