import type { BodySource, Response } from '../../http/message.ts';
import type { LiveChange } from '../../protocol/live.ts';
import { ChangeHistory, type NumberedChange } from './changeHistory.ts';

/**
 * Milliseconds after which a stream ends: a proxy may never report that a page has left, and a page that is still there
 * resumes it.
 */
const lifetime = 30_000;
/** For EventSource: how soon, in milliseconds, it resumes a stream that has ended. */
const resumeDelay = 250;
/** Streams at a time; a browser needs one. The oldest gives way. */
const mostStreams = 64;

const textEncoder = new TextEncoder();

/** The event streams of the pages that are open (HTML standard, section 9.2). */
export class EventStreams {
  private readonly history = new ChangeHistory();
  private readonly open = new Map<string, EventStream>();

  /** Id of the last event. */
  get latest(): string {
    return this.history.latest;
  }

  get count(): number {
    return this.open.size;
  }

  /** Tells every page. */
  tell(change: LiveChange): void {
    const event = this.history.add(change);
    for (const stream of this.open.values()) stream.push(eventText(event));
  }

  /**
   * Opens a stream.
   *
   * @param id names the page or the worker behind it; its new stream supersedes the old
   * @param after id of the last event that it was told, null for none
   */
  answer(id: string, after: string | null): Response {
    const [oldest] = this.open.keys();
    if (this.open.size >= mostStreams && !this.open.has(id) && oldest !== undefined) this.end(oldest);
    this.end(id);
    const stream = new EventStream(() => {
      if (this.open.get(id) === stream) this.open.delete(id);
    });
    this.open.set(id, stream);
    const missed = after === null ? [] : this.history.after(after);
    stream.push(
      `retry: ${resumeDelay}\nid: ${this.history.latest}\nevent: greeting\ndata: {}\n\n${missed.map(eventText).join('')}`,
    );
    return {
      status: 200,
      fields: [
        ['Content-Type', 'text/event-stream'],
        // A proxy that compresses would hold the events back.
        ['Cache-Control', 'no-cache, no-transform'],
        ['X-Accel-Buffering', 'no'],
        ['X-Content-Type-Options', 'nosniff'],
      ],
      body: [],
      source: stream,
    };
  }

  endAll(): void {
    for (const id of [...this.open.keys()]) this.end(id);
  }

  private end(id: string): void {
    this.open.get(id)?.finish();
  }
}

class EventStream implements BodySource {
  readonly unending = true;
  ready = () => {};
  private waiting = '';
  private finished = false;
  private readonly timer: NodeJS.Timeout;
  private readonly closed: () => void;

  constructor(closed: () => void) {
    this.closed = closed;
    this.timer = setTimeout(() => this.finish(), lifetime);
    this.timer.unref();
  }

  push(text: string): void {
    this.waiting += text;
    this.ready();
  }

  finish(): void {
    this.finished = true;
    this.ready();
  }

  read(): Uint8Array | 'ended' | null {
    if (this.waiting !== '') {
      const bytes = textEncoder.encode(this.waiting);
      this.waiting = '';
      return bytes;
    }
    return this.finished ? 'ended' : null;
  }

  close(): void {
    clearTimeout(this.timer);
    this.closed();
  }
}

function eventText({ id, change }: NumberedChange): string {
  return `id: ${id}\nevent: change\ndata: ${JSON.stringify(change)}\n\n`;
}
