import { watch } from 'chokidar';
import { ChangeCollector } from '../../protocol/changeCollector.ts';

/** Milliseconds without a change after which a few changed files are reported. */
const quiet = 100;
/** Folders of tools, which hold more files than a page has, and none that it is made of. */
const ignored = /(?:^|[\\/])(?:\.git|node_modules)(?:[\\/]|$)/;

/**
 * Reports files that are changed, created or deleted below folders: for the command line, which has no editor to do so.
 * Links are not followed: what they lead to may be anything.
 */
export class FolderWatch {
  private readonly watcher: ReturnType<typeof watch>;
  private readonly collector: ChangeCollector;
  /** Resolves when all that is there is known, and every change from then on is told of. */
  readonly ready: Promise<void>;

  /**
   * @param folders absolute paths
   * @param changed takes absolute paths
   * @param failed takes a sentence; what can be watched still is
   */
  constructor(
    folders: readonly string[],
    changed: (files: readonly string[]) => void,
    failed: (problem: string) => void,
  ) {
    this.collector = new ChangeCollector(() => quiet, changed);
    this.watcher = watch([...folders], {
      ignoreInitial: true,
      followSymlinks: false,
      ignorePermissionErrors: true,
      ignored: (file) =>
        folders.some((folder) => file.startsWith(folder) && ignored.test(file.slice(folder.length))),
    });
    for (const event of ['add', 'change', 'unlink'] as const)
      this.watcher.on(event, (file: string) => this.collector.add(file));
    let hasFailed = false;
    this.watcher.on('error', (error) => {
      if (hasFailed) return;
      hasFailed = true;
      failed(`Not every change will be seen: ${problemOf(error)}`);
    });
    this.ready = new Promise((resolve) => this.watcher.on('ready', () => resolve()));
  }

  async close(): Promise<void> {
    this.collector.dispose();
    await this.watcher.close();
  }
}

function problemOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC')
    return 'the system watches no more files (ENOSPC). Raise fs.inotify.max_user_watches, or serve a smaller folder.';
  if (code === 'EMFILE')
    return 'too many files are open (EMFILE). Raise the limit, or serve a smaller folder.';
  return `${message}.`;
}
