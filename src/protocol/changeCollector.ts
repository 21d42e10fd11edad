/** From this many changed files on, it is a storm: a watcher reports them in bursts, VS Code's 500 at a time. */
const storm = 10;
/** Milliseconds without a change that end a storm, at least. */
const quietAfterStorm = 500;
/** The longer a storm has lasted, the longer the quiet that ends it: this share of its duration, up to `longestPause`. */
const pausingShare = 0.5;
const longestPause = 2000;
/** Milliseconds. A timer that fires later than this shows that the process was busy: reports may still be waiting. */
const late = 50;
/** Milliseconds after the first change at which all are reported, even if they go on. */
const longest = 10_000;

/**
 * Collects changed files and reports them together, each once: a checkout or a build touches thousands. Times are in
 * milliseconds.
 */
export class ChangeCollector {
  private readonly tell: (files: readonly string[]) => void;
  private readonly quiet: () => number;
  private files = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private since = 0;

  /**
   * @param quiet asked at each change: the time without another after which a few files are reported. It should be
   *   short, since somebody is waiting to see them
   * @param tell is called with what was collected since the last call
   */
  constructor(quiet: () => number, tell: (files: readonly string[]) => void) {
    this.quiet = quiet;
    this.tell = tell;
  }

  add(file: string): void {
    if (this.files.size === 0) this.since = Date.now();
    this.files.add(file);
    this.waitForMore();
  }

  /** Drops what was collected and not yet reported. */
  dispose(): void {
    clearTimeout(this.timer);
  }

  private waitForMore(): void {
    const now = Date.now();
    const left = this.since + longest - now;
    const due = now + Math.max(0, Math.min(this.pause(now - this.since), left));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (Date.now() - due > late && left > 0) this.waitForMore();
      else this.flush();
    }, due - now);
  }

  /** @param lasted time since the first change */
  private pause(lasted: number): number {
    const quiet = this.quiet();
    if (this.files.size < storm) return quiet;
    return Math.max(quiet, quietAfterStorm, Math.min(lasted * pausingShare, longestPause));
  }

  private flush(): void {
    const { files } = this;
    this.files = new Set();
    this.tell([...files]);
  }
}
