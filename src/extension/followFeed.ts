import type { CaptureSource } from '../capture/captureSource.ts';
import type { ConnectionKey } from '../protocol/follow.ts';
import type { ToInspector } from '../protocol/inspectorMessages.ts';

/** The rate at which an open connection is sent again: a full window at most twice a second. */
const bytesPerMillisecond = 2048;

/** Tells the inspector's page of the connection that it follows. */
export class FollowFeed {
  private readonly capture: CaptureSource;
  private readonly post: (message: ToInspector) => void;
  private connection: ConnectionKey | null = null;
  private end: number | null = null;
  private sentVersion = 0;
  private due = 0;

  constructor(capture: CaptureSource, post: (message: ToInspector) => void) {
    this.capture = capture;
    this.post = post;
  }

  /** The page's script starts: it goes back to what it followed. */
  ready(): void {
    if (this.connection !== null) this.show(this.connection);
  }

  /** Leads the page to a connection, now or when it is there. */
  show(connection: ConnectionKey): void {
    this.connection = connection;
    this.end = null;
    this.sentVersion = 0;
    this.post({ type: 'followConnection', connection });
  }

  /** The page asks for a part of a connection; null: for no more. */
  ask(connection: ConnectionKey | null, end: number | null): void {
    this.connection = connection;
    this.end = end;
    this.sentVersion = 0;
    this.due = 0;
    this.update();
  }

  /** Sends the connection if it has changed. Returns false if that has to wait, since much was sent a moment ago. */
  update(): boolean {
    const { connection, capture } = this;
    if (connection === null) return true;
    const version = capture.connectionVersion(connection);
    if (version === this.sentVersion && version !== 0) return true;
    const now = performance.now();
    if (now < this.due) return false;
    const followed = version === 0 ? null : capture.follow(connection, this.end);
    if (followed === null) {
      this.connection = null;
      this.post({ type: 'followedGone', connection });
      return true;
    }
    this.sentVersion = version;
    this.due = now + followed.blocks.reduce((sum, { kept }) => sum + kept.length, 0) / bytesPerMillisecond;
    this.post({ type: 'followed', followed });
    return true;
  }
}
