import { readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { liveReloadPath } from '../../http/liveReload.ts';
import type { Request, Response } from '../../http/message.ts';
import { errorResponse } from '../../site/errorPage.ts';
import type { FileView, View, ViewedFile } from '../../site/fileView.ts';
import { injected } from '../../site/injection.ts';
import { EventStreams } from './eventStreams.ts';
import { looseEnds } from './looseEnds.ts';
import { ServedPaths } from './servedPaths.ts';
import { SourceVersions } from './sourceVersions.ts';

/** A change of more files than this counts as one of the whole site. */
const mostListed = 100;
const htmlName = /\.html?$/i;

const forever = 'public, max-age=31536000, immutable';

/**
 * Live reload: puts a script into pages, serves it and what it needs below a path that nobody can guess, shows what
 * editors hold unsaved, and tells pages of changes.
 */
export class LiveReload implements FileView {
  private readonly root: string;
  private readonly prefix: string;
  private readonly inject: boolean;
  private readonly streams = new EventStreams();
  private readonly paths = new ServedPaths();
  private readonly versions = new SourceVersions();
  /** Contents that editors hold, by real path; and those that are half typed wait until they are whole. */
  private readonly unsavedFiles = new Map<string, Uint8Array>();
  /** Pages that stand for files, by real path. */
  private readonly renderedPages = new Map<string, Uint8Array>();

  /**
   * @param root absolute path of the served folder
   * @param token letters and digits; whoever knows it may hear of changes
   * @param inject whether pages get the script
   */
  constructor(root: string, { token, inject }: { readonly token: string; readonly inject: boolean }) {
    this.root = realPath(root);
    this.prefix = `${liveReloadPath}${token}/`;
    this.inject = inject;
  }

  /** Whether a request is for the live reload itself. */
  concerns(request: Request): boolean {
    return request.path.startsWith(this.prefix);
  }

  respond(request: Request): Response {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return errorResponse(405, 'This can only be read', 'Live reload answers GET and HEAD.', [
        ['Allow', 'GET, HEAD'],
      ]);
    }
    const name = request.path.slice(this.prefix.length);
    if (name === 'events') return this.events(request);
    const script = scripts.get(name);
    if (script !== undefined) return content('text/javascript; charset=utf-8', ownFile(script), forever);
    if (name === 'xml.html') return this.xmlPage();
    const version = /^version\/([0-9a-f]{16})$/.exec(name)?.[1];
    const source = version === undefined ? undefined : this.versions.get(version);
    if (source !== undefined) return content('text/plain', source, 'no-store');
    return errorResponse(
      404,
      'Live reload has no such thing',
      'The page is from an earlier run of the server: load it again.',
    );
  }

  /** A file's unsaved content; null once it is saved or closed. Returns whether what is served has changed. */
  setUnsaved(file: string, bytes: Uint8Array | null): boolean {
    const real = realPath(file);
    if (bytes === null) return this.unsavedFiles.delete(real);
    // Until it is complete, the last complete version is shown.
    const shown = this.unsavedFiles.get(real) ?? contentOf(real);
    if (htmlName.test(real) && looseEnds(bytes) > looseEnds(shown)) return false;
    this.unsavedFiles.set(real, bytes);
    return true;
  }

  /** The page that stands for a file from now on. Returns whether what is served has changed. */
  setRendered(file: string, page: Uint8Array): boolean {
    const real = realPath(file);
    const present = this.renderedPages.get(real);
    if (present !== undefined && Buffer.from(present).equals(page)) return false;
    this.renderedPages.set(real, page);
    return true;
  }

  /** Tells the pages that files have changed; null: too many to list. */
  changed(files: readonly string[] | null): void {
    if (files === null || files.length > mostListed) {
      this.streams.tell({ paths: null });
      return;
    }
    const paths = new Set(files.flatMap((file) => this.paths.of(realPath(file), this.root)));
    if (paths.size > 0) this.streams.tell({ paths: [...paths] });
  }

  view(file: ViewedFile, requestPath: string): View | null {
    this.paths.add(decoded(requestPath), file.path);
    const rendered = this.renderedPages.get(file.path);
    if (rendered !== undefined) {
      const page = this.inject ? this.withScript(rendered, requestPath) : null;
      return { bytes: page ?? rendered, unsaved: true, type: 'text/html; charset=utf-8' };
    }
    const held = this.unsavedFiles.get(file.path);
    const unsaved = held !== undefined;
    const injects = this.inject && htmlName.test(file.path);
    const source = held ?? (injects ? file.read() : null);
    if (source === null) return null;
    const page = injects ? this.withScript(source, requestPath) : null;
    return page === null ? (unsaved ? { bytes: source, unsaved } : null) : { bytes: page, unsaved };
  }

  private withScript(source: Uint8Array, requestPath: string): Uint8Array | null {
    const depth = requestPath.split('/').length - 2;
    const address = `${'../'.repeat(depth)}${this.prefix.slice(1)}live.js`;
    const version = this.versions.add(source);
    return injected(
      source,
      `<script src="${address}" data-spark data-version="${version}" data-after="${this.streams.latest}"></script>`,
    );
  }

  /** The page that shows an XML file, named by its query: `file`, below the site's root, and `theme`. */
  private xmlPage(): Response {
    const page = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>XML</title>
<script src="live.js" data-spark data-version="" data-after="${this.streams.latest}"></script>
<script src="xml.js" defer></script></head><body></body></html>
`;
    const { status, fields, body } = content(
      'text/html; charset=utf-8',
      new TextEncoder().encode(page),
      'no-cache',
    );
    // Styles: the browser puts its own into the words of what is not well-formed.
    const policy =
      "default-src 'none'; script-src 'self'; connect-src 'self'; worker-src 'self'; style-src 'unsafe-inline'";
    return { status, fields: [...fields, ['Content-Security-Policy', policy]], body };
  }

  private events(request: Request): Response {
    // What a page of another site may not read, it is not even told.
    const site = request.field('sec-fetch-site');
    if (site === 'cross-site' || site === 'same-site') {
      return errorResponse(
        403,
        'This is for the pages of this server',
        'Another site asked for its changes.',
      );
    }
    const query = new URLSearchParams(request.query ?? '');
    const id = query.get('stream') ?? '';
    if (!/^[\w-]{1,64}$/.test(id)) {
      return errorResponse(
        400,
        'The stream has no name',
        'Name it with ?stream= and up to 64 letters and digits.',
      );
    }
    return this.streams.answer(id, request.field('last-event-id') ?? query.get('after'));
  }
}

/** The page's scripts lie beside the server's program. */
const scripts: ReadonlyMap<string, string> = new Map([
  ['live.js', 'live.js'],
  ['worker.js', 'liveWorker.js'],
  ['xml.js', 'liveXml.js'],
]);

function ownFile(name: string): Uint8Array {
  return readFileSync(path.join(__dirname, name));
}

function content(type: string, bytes: Uint8Array, caching: string): Response {
  return {
    status: 200,
    fields: [
      ['Content-Type', type],
      ['Cache-Control', caching],
      ['X-Content-Type-Options', 'nosniff'],
    ],
    body: [bytes],
  };
}

function contentOf(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch {
    return new Uint8Array(0);
  }
}

function decoded(requestPath: string): string {
  try {
    return decodeURIComponent(requestPath.slice(1));
  } catch {
    return requestPath.slice(1);
  }
}

/** A path with its links followed, as far as it exists. */
function realPath(file: string): string {
  try {
    return realpathSync.native(file);
  } catch {
    const folder = path.dirname(file);
    return folder === file ? file : path.join(realPath(folder), path.basename(file));
  }
}
