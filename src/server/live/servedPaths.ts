import { relative, sep } from 'node:path';

/** Files remembered; of each, some paths. */
const mostFiles = 10_000;
const mostPathsOfFile = 16;

/** The paths under which each file was served: a page may have several (`/`, `/index.html`, a clean URL). */
export class ServedPaths {
  private readonly byFile = new Map<string, Set<string>>();

  /** `path`: percent-decoded, without the first slash; `file`: its real path. */
  add(path: string, file: string): void {
    let paths = this.byFile.get(file);
    if (paths === undefined) {
      if (this.byFile.size >= mostFiles) this.byFile.delete([...this.byFile.keys()][0] ?? '');
      paths = new Set();
      this.byFile.set(file, paths);
    }
    if (paths.size < mostPathsOfFile) paths.add(path);
  }

  /** The paths of a file, whether or not it was ever served. `root`: real path of the served folder. */
  of(file: string, root: string): string[] {
    const served = this.byFile.get(file) ?? [];
    const own = relative(root, file);
    return own === '..' || own.startsWith(`..${sep}`)
      ? [...served]
      : [...new Set([own.split(sep).join('/'), ...served])];
  }
}
