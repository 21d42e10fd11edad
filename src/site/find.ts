/** Finds the file for a path: folders, their index pages, clean URLs, single-page fallback. */
import type { Request } from '../http/message.ts';
import type { SiteSettings } from '../protocol/server.ts';
import { type Lookup, lookUp, type ServedFile } from './folder.ts';
import type { TargetPath } from './targetPath.ts';

/** What a path leads to. */
export type Found =
  | {
      readonly kind: 'file';
      readonly served: ServedFile;
      /** Names of the file below the root. */
      readonly names: readonly string[];
      /** Whether the path names it whatever other files there are. */
      readonly direct: boolean;
    }
  /** A folder that was asked for without the slash at its end. */
  | { readonly kind: 'folderWithoutSlash' }
  /** A folder that has no index page. `real`: its real path. */
  | { readonly kind: 'folder'; readonly real: string }
  | Exclude<Lookup, { kind: 'file' | 'folder' }>;

const indexName = 'index.html';

/** Looks a path up below `root`, a real path. An open file is the caller's to close. */
export function find(root: string, path: TargetPath, settings: SiteSettings): Found {
  const named = lookUp(root, path.names);
  if (named.kind === 'file') {
    if (!path.folder) return fileOf(named, path.names, true);
    named.file.close();
    return { kind: 'missing' };
  }
  const last = path.names.at(-1);
  // There is none where a mounted folder itself is named: nothing beside it is served.
  const mayBePage = settings.cleanUrls && !path.folder && last !== undefined;
  if (mayBePage && (named.kind === 'missing' || named.kind === 'folder')) {
    const names = [...path.names.slice(0, -1), `${last}.html`];
    const page = lookUp(root, names);
    if (page.kind === 'file') return fileOf(page, names, false);
  }
  if (named.kind !== 'folder') return named;
  if (!path.folder) return { kind: 'folderWithoutSlash' };
  const names = [...path.names, indexName];
  const index = lookUp(root, names);
  if (index.kind === 'missing' || index.kind === 'folder') return named;
  return index.kind === 'file' ? fileOf(index, names, true) : index;
}

/** The page for every path that names no file; null where there is none, or the request is not to get it. */
export function findFallback(root: string, request: Request, settings: SiteSettings): Found | null {
  const names = settings.spaFallback.split('/').filter((name) => name !== '');
  if (names.length === 0 || !wantsPage(request)) return null;
  const page = lookUp(root, names);
  return page.kind === 'file' ? fileOf(page, names, false) : null;
}

/** A missing picture or script must stay missing: only what looks like a page is one. */
function wantsPage(request: Request): boolean {
  const accept = request.field('accept') ?? '*/*';
  if (/text\/html/i.test(accept)) return true;
  const { path } = request;
  const name = path.slice(path.lastIndexOf('/') + 1);
  return accept.includes('*/*') && !name.includes('.');
}

function fileOf(served: ServedFile, names: readonly string[], direct: boolean): Found {
  return { kind: 'file', served, names, direct };
}
