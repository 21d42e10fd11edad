import type { CaptureBatch, ConnectionRecord } from '../protocol/capture.ts';
import type { ExchangeDetail, ExchangeKey } from '../protocol/inspector.ts';
import type { ExchangeEvent } from '../protocol/serverEvent.ts';
import { transfersOf } from './exportConversations.ts';
import { exportedExchange } from './exportExchange.ts';
import { harEntry } from './exportHar.ts';
import { PacketConversation, pcapngStart, type Transfer } from './exportPcapng.ts';
import { CaptureStore } from './store.ts';

/** Memory for exchanges that go on; those that have ended are written by then. */
const storeBytes = 64 * 1024 * 1024;
const run = 'run';

/** The result of one batch: bytes to write, and exchanges that have ended. */
export interface Written {
  readonly bytes: Uint8Array;
  readonly ended: readonly ExchangeEvent[];
}

/** Writes a capture to a file while it is being captured. */
export interface CaptureFile {
  begin(): Uint8Array;
  add(batch: CaptureBatch): Written;
  finish(): Uint8Array;
}

/** `version`: of Spark. `secrets`: whether a HAR file holds cookies and credentials; a pcapng file always does. */
export function captureFile(format: 'har' | 'pcapng', version: string, secrets: boolean): CaptureFile {
  switch (format) {
    case 'har':
      return new LiveHar(version, secrets);
    case 'pcapng':
      return new LivePcapng(version);
  }
}

/** Gathers batches, and knows which exchanges ended with one. */
class Gathered {
  private readonly store = new CaptureStore(storeBytes);

  constructor() {
    this.store.addRun({ id: run, serverName: '', root: '', startedAt: 0 });
  }

  add(batch: CaptureBatch): ExchangeDetail[] {
    this.store.add(run, batch);
    const { id, endedAt } = batch.exchanges;
    const keys: ExchangeKey[] = [];
    for (let row = 0; row < id.length; row++) if (endedAt[row] > 0) keys.push(`${run}/${id[row]}`);
    return keys.flatMap((key) => this.store.detail(key) ?? []);
  }

  connection(id: number): ConnectionRecord | null {
    return this.store.run(run)?.connections.get(id)?.record ?? null;
  }
}

class LiveHar implements CaptureFile {
  private readonly gathered = new Gathered();
  private readonly options: { version: string; secrets: boolean };
  private separator = '\n';

  constructor(version: string, secrets: boolean) {
    this.options = { version, secrets };
  }

  begin(): Uint8Array {
    const creator = JSON.stringify({ name: 'Spark', version: this.options.version });
    return Buffer.from(`{"log":{"version":"1.2","creator":${creator},"entries":[`);
  }

  add(batch: CaptureBatch): Written {
    const details = this.gathered.add(batch);
    const entries = details.map((detail) => {
      const entry = this.separator + JSON.stringify(harEntry(detail, this.options));
      this.separator = ',\n';
      return entry;
    });
    return { bytes: Buffer.from(entries.join('')), ended: details.map(eventOf) };
  }

  finish(): Uint8Array {
    return Buffer.from('\n]}}\n');
  }
}

interface LiveConnection {
  readonly packets: PacketConversation;
  /** Findings about packets that were written before the finding was known. */
  due: string[];
}

/** Packets are written as they come; a finding stands on the packet that shows it if that is not written yet. */
class LivePcapng implements CaptureFile {
  private readonly gathered = new Gathered();
  private readonly version: string;
  private readonly connections = new Map<number, LiveConnection>();

  constructor(version: string) {
    this.version = version;
  }

  begin(): Uint8Array {
    return pcapngStart(this.version);
  }

  add(batch: CaptureBatch): Written {
    const details = this.gathered.add(batch);
    const blocks: Uint8Array[] = [];
    const opened = batch.connections.filter(
      ({ id, state }) => !this.connections.has(id) && state !== 'closed',
    );
    for (const record of opened) blocks.push(...this.open(record));
    const comments = this.commentsOf(details);
    for (const { connection, transfer } of transfersIn(batch)) {
      const record = this.gathered.connection(connection);
      if (record === null) continue;
      blocks.push(...this.open(record));
      const known = this.connections.get(connection);
      if (known === undefined) continue;
      const said = takeWithin(comments, connection, transfer);
      blocks.push(...known.packets.carry({ ...transfer, comments: [...known.due, ...said] }));
      known.due = [];
    }
    for (const { connection, text } of comments) this.connections.get(connection)?.due.push(text);
    for (const { id, state, closedAt } of batch.connections) {
      const known = this.connections.get(id);
      if (state !== 'closed' || known === undefined) continue;
      blocks.push(...known.packets.close(closedAt));
      this.connections.delete(id);
    }
    return { bytes: Buffer.concat(blocks), ended: details.map(eventOf) };
  }

  finish(): Uint8Array {
    return new Uint8Array(0);
  }

  private *open({ id, peer, local, openedAt }: ConnectionRecord): Generator<Uint8Array> {
    if (this.connections.has(id)) return;
    const packets = new PacketConversation(peer, local, { received: 0, sent: 0 });
    this.connections.set(id, { packets, due: [] });
    yield* packets.open(openedAt);
  }

  private commentsOf(details: readonly ExchangeDetail[]): DueComment[] {
    return details.flatMap((detail) =>
      transfersOf(exportedExchange(detail)).flatMap(({ direction, offset, length, comments }) =>
        comments.map((text) => ({
          connection: detail.row.connection,
          direction,
          offset,
          end: offset + length,
          text,
        })),
      ),
    );
  }
}

/** A comment for the packet with these bytes of a connection. */
interface DueComment {
  readonly connection: number;
  readonly direction: Transfer['direction'];
  readonly offset: number;
  readonly end: number;
  readonly text: string;
}

function takeWithin(
  comments: DueComment[],
  connection: number,
  { direction, offset, length }: Transfer,
): string[] {
  const taken: string[] = [];
  for (let i = 0; i < comments.length; ) {
    const due = comments[i];
    const fits =
      due.connection === connection &&
      due.direction === direction &&
      due.offset < offset + length &&
      due.end > offset;
    if (fits) taken.push(...comments.splice(i, 1).map(({ text }) => text));
    else i++;
  }
  return taken;
}

function* transfersIn({
  segments,
  bytes,
}: CaptureBatch): Generator<{ connection: number; transfer: Transfer }> {
  for (let i = 0; i < segments.offset.length; i++) {
    // Segments may share bytes: those of a file that was sent to several clients.
    const at = segments.keptAt[i];
    const [start, kept, length] = [segments.keptStart[i], segments.keptLength[i], segments.length[i]];
    const pieces = [
      { bytes: null, length: start },
      { bytes: bytes.subarray(at, at + kept), length: kept },
      { bytes: null, length: length - start - kept },
    ].filter((piece) => piece.length > 0);
    yield {
      connection: segments.connection[i],
      transfer: {
        direction: segments.direction[i] === 0 ? 'received' : 'sent',
        offset: segments.offset[i],
        length,
        pieces,
        time: segments.time[i],
        remarks: [],
        comments: [],
      },
    };
  }
}

function eventOf({ row, times, peer, ruleOffset }: ExchangeDetail): ExchangeEvent {
  return {
    event: 'exchange',
    time: new Date(times.startedAt).toISOString(),
    connection: row.connection,
    peer: `${peer.address}:${peer.port}`,
    method: row.method,
    target: row.target,
    status: row.status,
    requestBytes: row.requestSize,
    responseBytes: row.responseSize,
    milliseconds: Math.round((row.duration ?? 0) * 1000) / 1000,
    violation: row.rule === '' ? null : { rule: row.rule, offset: ruleOffset },
    aborted: row.aborted,
  };
}
