/** Folders that are served below a prefix, beside the site's own. */
import { resolve } from 'node:path';
import type { Mount } from '../protocol/server.ts';

/** A folder being served, and which names of a path are left to look up in it. */
export interface Place {
  readonly root: string;
  readonly names: readonly string[];
}

/** The mounts of a site. */
export class Mounts {
  private readonly root: string;
  /** The longest prefix first. */
  private readonly mounts: readonly { readonly prefix: readonly string[]; readonly folder: string }[];

  /** Relative folders are taken from `root`, an absolute path. */
  constructor(root: string, mounts: readonly Mount[]) {
    this.root = root;
    this.mounts = mounts
      .map(({ prefix, folder }) => ({
        prefix: prefix.split('/').filter((name) => name !== ''),
        folder: resolve(root, folder),
      }))
      .sort((one, other) => other.prefix.length - one.prefix.length);
  }

  /** Where a path, decoded, is looked up. A name of a prefix is one whole name of the path. */
  placeOf(names: readonly string[]): Place {
    for (const { prefix, folder } of this.mounts) {
      if (prefix.length <= names.length && prefix.every((name, index) => name === names[index]))
        return { root: folder, names: names.slice(prefix.length) };
    }
    return { root: this.root, names };
  }

  /** Names that mounts add to the folder at a path, for its listing. */
  namesIn(names: readonly string[]): string[] {
    return this.mounts
      .filter(
        ({ prefix }) => prefix.length === names.length + 1 && names.every((name, i) => name === prefix[i]),
      )
      .map(({ prefix }) => prefix[prefix.length - 1] ?? '');
  }
}
