/** So many files at once are a storm: a watcher reports them in bursts, VS Code's 500 at a time. */
const storm = 10;
const quietAfterStorm = 500;
/** The longer a storm has lasted, the longer the quiet that ends it: this share of its duration, up to a limit. */
const pausingShare = 0.5;
const longestPause = 2000;
/** Milliseconds. After a timer this late, the process was busy, and has yet to hear of what happened meanwhile. */
const late = 50;
/** Milliseconds that changes may go on before they are reported. */
const longest = 10_000;

/**
 * Joins changes that come together into one: a checkout or a build touches thousands of files. Times are in milliseconds.
 */
export class ChangeCollector {
  private readonly tell: (files: readonly string[]) => void;
  private readonly quiet: () => number;
  private files = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private since = 0;

  /** @param quiet time without a change after which a few changed files are reported: somebody is waiting to see them */
  constructor(quiet: () => number, tell: (files: readonly string[]) => void) {
    this.quiet = quiet;
    this.tell = tell;
  }

  add(file: string): void {
    if (this.files.size === 0) this.since = Date.now();
    this.files.add(file);
    this.waitForMore();
  }

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
