import type { ConnectionRecord } from '../protocol/capture.ts';
import type { ImportedFrom } from '../protocol/inspector.ts';
import { NumberQueue } from './numberQueue.ts';
import { PositionsById } from './positionsById.ts';
import { Stream } from './segments.ts';

/** One life of one server, named by a string without `/` that stays the same over a window reload. */
export type RunId = string;

/** What is known of a run when it starts. */
export interface RunDescription {
  readonly id: RunId;
  /** What the user calls the server: the name of the folder. */
  readonly serverName: string;
  /** Absolute path of the folder served. */
  readonly root: string;
  readonly startedAt: number;
  /** Whether its system calls were to be traced, so far as its sockets make any of their own. */
  readonly traced?: boolean;
  /** Where it was read from, if it is not one of a server of this window. */
  readonly imported?: ImportedFrom;
}

/** How a run ended: a sentence for the user, and when. */
export interface RunEnd {
  readonly reason: string;
  readonly time: number;
}

/** The run and the connection that an exchange belongs to. */
export interface ExchangeOwner {
  readonly run: StoredRun;
  readonly connection: StoredConnection;
  /** Number of the slab that came with the exchange, or would have. */
  readonly slab: number;
}

/** A connection as it is stored, with where its exchanges and bytes are. */
export class StoredConnection {
  record: ConnectionRecord;
  /** Number that the next slab had when it came: its age, comparable with that of exchanges. */
  readonly slab: number;
  readonly received = new Stream();
  readonly sent = new Stream();
  /** Positions of its exchanges that are stored, oldest first. */
  readonly exchanges = new NumberQueue();
  /** Latest time at which anything is known to have happened on it; ms since the epoch. */
  lastActiveAt = 0;
  /** Changes with anything that is shown of it. */
  version = 1;
  removed = false;
  private lastOwner: ExchangeOwner | null = null;

  constructor(record: ConnectionRecord, slab: number) {
    this.record = record;
    this.slab = slab;
  }

  /** One object for all of its exchanges that came in one batch. */
  owner(run: StoredRun, slab: number): ExchangeOwner {
    if (this.lastOwner?.slab !== slab) this.lastOwner = { run, connection: this, slab };
    return this.lastOwner;
  }

  /** Something is known to have happened on it; 0 stands for a time that is not known. */
  activeAt(time: number): void {
    if (time > this.lastActiveAt) this.lastActiveAt = time;
  }

  get isClosed(): boolean {
    return this.record.state === 'closed';
  }
}

/** A run as it is stored. */
export class StoredRun {
  readonly description: RunDescription;
  readonly beforeReload: boolean;
  end: RunEnd | null = null;
  leftOutSinceStart = 0;
  leftOutBeforeClear = 0;
  /** System calls made but not recorded. */
  leftOutCalls = 0;
  /** Changes whenever connections come or go, or come to have exchanges or none. */
  version = 1;
  readonly connections = new Map<number, StoredConnection>();
  /** Where an exchange stands in the table, by its id. */
  readonly positions = new PositionsById();
  /** Positions of exchanges that have not ended. */
  readonly open = new Set<number>();
  /** Ids of exchanges that were removed before they ended: later news of them is ignored. */
  readonly removedOpen = new Set<number>();
  /** In the order they came; those removed are taken out now and then. */
  private order: StoredConnection[] = [];

  constructor(description: RunDescription, beforeReload: boolean) {
    this.description = description;
    this.beforeReload = beforeReload;
  }

  /** Exchanges served but not recorded since the last clear. */
  get leftOut(): number {
    return this.leftOutSinceStart - this.leftOutBeforeClear;
  }

  addConnection(connection: StoredConnection): void {
    this.connections.set(connection.record.id, connection);
    this.order.push(connection);
    this.version++;
  }

  removeConnection(connection: StoredConnection): void {
    connection.removed = true;
    this.connections.delete(connection.record.id);
    this.version++;
    if (this.order.length < 64 || this.connections.size * 2 > this.order.length) return;
    this.order = this.order.filter((one) => !one.removed);
  }

  /** Newest first, at most `limit`. */
  newestConnections(limit: number): StoredConnection[] {
    const newest: StoredConnection[] = [];
    for (let i = this.order.length - 1; i >= 0 && newest.length < limit; i--) {
      if (!this.order[i].removed) newest.push(this.order[i]);
    }
    return newest;
  }
}
