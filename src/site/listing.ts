/** The contents of a folder for its listing. */
import { type Dir, type Dirent, lstatSync, opendirSync, realpathSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { contains, errorCode, isMissing, type Lookup } from './folder.ts';
import { PinnedFolder } from './pinnedFolder.ts';
import { isServedName } from './targetPath.ts';

/** A folder may hold millions of files: this many are shown, the rest is counted. */
const mostEntries = 5_000;

/** A file or folder in a listing. */
export interface ListedEntry {
  /** As people read it; what is not UTF-8 in it is shown as `\xNN`. */
  readonly name: string;
  /** Whether it can be requested: a name that is not UTF-8 cannot. */
  readonly addressable: boolean;
  readonly folder: boolean;
  /** In bytes; 0 for folders. */
  readonly size: number;
  /** In milliseconds since the epoch; NaN for mounts. */
  readonly modified: number;
}

/** The entries of a folder. */
export interface Listing {
  readonly entries: readonly ListedEntry[];
  /** How many more there are. */
  readonly leftOut: number;
}

/** Names that are processed in one step: some milliseconds of work. */
const stepEntries = 256;

/** Why a folder cannot be listed. */
export type NotListed = Extract<Lookup, { kind: 'missing' | 'outside' | 'unreadable' }>;

/**
 * Lists what would be served of a folder, a real path below `root`: no hidden files, no links that lead out, no pipes.
 * `mounts`: names of folders that are served there, but lie elsewhere; they hide others of the same name. It works in
 * steps, so that other requests can be served in between; after the first, it is known whether the folder can be read.
 * Throws other errors of the file system.
 */
export function* listFolder(
  root: string,
  folder: string,
  mounts: readonly string[],
): Generator<void, Listing | NotListed> {
  let pinned: PinnedFolder | null = null;
  let directory: Dir | null = null;
  try {
    pinned = PinnedFolder.open(root, folder);
    if (pinned === null) return { kind: 'outside' };
    directory = opendirSync(pinned.path, { encoding: 'buffer' as BufferEncoding, bufferSize: stepEntries });
    const entries = mounts.map(mountEntry);
    let shown = 0;
    let leftOut = 0;
    for (let seen = 1, entry = readEntry(directory); entry !== null; seen++, entry = readEntry(directory)) {
      const name = utf8Text(entry.name);
      if (name === null || (isServedName(name) && !mounts.includes(name))) {
        if (shown < mostEntries) entries.push(...listed(root, pinned.path, entry, name));
        else leftOut++;
        shown++;
      }
      if (seen % stepEntries === 0) yield;
    }
    return pinned.isStillThere() ? { entries, leftOut } : { kind: 'outside' };
  } catch (error) {
    return notListed(error);
  } finally {
    directory?.closeSync();
    pinned?.close();
  }
}

function mountEntry(name: string): ListedEntry {
  return { name, addressable: true, folder: true, size: 0, modified: Number.NaN };
}

/** Names come as bytes, since not all are UTF-8; the types of Node.js know only text. */
function readEntry(directory: Dir): Dirent<Buffer> | null {
  return directory.readSync() as unknown as Dirent<Buffer> | null;
}

function notListed(error: unknown): NotListed {
  const code = errorCode(error);
  if (code === 'EACCES' || code === 'EPERM') return { kind: 'unreadable', code };
  if (isMissing(code)) return { kind: 'missing' };
  throw error;
}

function listed(root: string, folder: string, entry: Dirent<Buffer>, name: string | null): ListedEntry[] {
  const status =
    name === null ? statusOfBytes(folder, entry.name) : statusOf(root, join(folder, name), entry);
  if (status === null || !(status.isFile() || status.isDirectory())) return [];
  const directory = status.isDirectory();
  return [
    {
      name: name ?? escapedText(entry.name),
      addressable: name !== null,
      folder: directory,
      size: directory ? 0 : status.size,
      modified: status.mtimeMs,
    },
  ];
}

function statusOf(root: string, path: string, entry: Dirent<Buffer>): Stats | null {
  try {
    if (!entry.isSymbolicLink()) return lstatSync(path);
    const real = realpathSync.native(path);
    return contains(root, real) ? lstatSync(real) : null;
  } catch {
    // Deleted since the folder was read, or a link to nowhere.
    return null;
  }
}

function statusOfBytes(folder: string, name: Buffer): Stats | null {
  try {
    return lstatSync(Buffer.concat([Buffer.from(`${folder}/`), name]));
  } catch {
    return null;
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function utf8Text(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

function escapedText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) =>
    byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`,
  ).join('');
}

const sortKeys = ['name', 'size', 'date'] as const;
/** What a listing can be sorted by. */
export type SortKey = (typeof sortKeys)[number];

/** The order of a listing. */
export interface SortOrder {
  readonly key: SortKey;
  readonly descending: boolean;
}

/** The order that a listing's query asks for (`sort=size&order=desc`); by name where it asks for none. */
export function sortOrder(query: string | null): SortOrder {
  const parameters = new URLSearchParams(query ?? '');
  const key = sortKeys.find((one) => one === parameters.get('sort')) ?? 'name';
  return { key, descending: parameters.get('order') === 'desc' };
}

// Numbers in names count as such, and upper and lower case stand together.
const collator = new Intl.Collator('en', { numeric: true });

/** Folders first; entries with the same key are in the order of their names. */
export function sorted(entries: readonly ListedEntry[], { key, descending }: SortOrder): ListedEntry[] {
  const direction = descending ? -1 : 1;
  const byKey: Readonly<Record<SortKey, (one: ListedEntry, other: ListedEntry) => number>> = {
    name: (one, other) => collator.compare(one.name, other.name),
    size: (one, other) => one.size - other.size,
    date: (one, other) => (one.modified || 0) - (other.modified || 0),
  };
  return [...entries].sort(
    (one, other) =>
      Number(other.folder) - Number(one.folder) ||
      direction * byKey[key](one, other) ||
      collator.compare(one.name, other.name),
  );
}
