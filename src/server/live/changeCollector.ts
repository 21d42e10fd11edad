/** Quiet after which changes are told of, in milliseconds: somebody waits to see a few files' changes. */
const quiet = 100;
/** So many files are a storm: a watcher looks at each, and on a busy machine that goes by fits and starts. */
const storm = 10;
const quietAfterStorm = 500;
/** How long changes may go on before they are told of. */
const longest = 10_000;

/** Makes one change of many that come together: a checkout or a build touches thousands of files. */
export class ChangeCollector {
  private readonly tell: (files: readonly string[]) => void;
  private files = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private since = 0;

  constructor(tell: (files: readonly string[]) => void) {
    this.tell = tell;
  }

  add(file: string): void {
    const now = Date.now();
    if (this.files.size === 0) this.since = now;
    this.files.add(file);
    clearTimeout(this.timer);
    const wanted = this.files.size < storm ? quiet : quietAfterStorm;
    this.timer = setTimeout(() => this.flush(), Math.max(0, Math.min(wanted, this.since + longest - now)));
  }

  dispose(): void {
    clearTimeout(this.timer);
  }

  private flush(): void {
    const { files } = this;
    this.files = new Set();
    this.tell([...files]);
  }
}
