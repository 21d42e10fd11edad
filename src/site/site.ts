import { join } from 'node:path';
import type { Request, Response } from '../http/message.ts';
import { isRegisteredMethod } from '../http/methods.ts';
import type { SiteSettings } from '../protocol/server.ts';
import { errorResponse } from './errorPage.ts';
import { FileCache } from './fileCache.ts';
import { fileResponse } from './fileResponse.ts';
import { type Lookup, lookUp, realFolder } from './folder.ts';
import { represent } from './representation.ts';
import { type PathRefusal, targetPath } from './targetPath.ts';

const servedMethods = ['GET', 'HEAD', 'OPTIONS'];
const allow: readonly [string, string] = ['Allow', servedMethods.join(', ')];
const shownPathLength = 200;
/** What clients ask for again and again must not fill the log. */
const loggedOnce = 200;

/** Whether a site answers this method with something else than a refusal. */
export function isServed(method: string): boolean {
  return servedMethods.includes(method);
}

/** A folder being served. Answers synchronously, and never throws: what goes wrong is a page and a line of the log. */
export class Site {
  private readonly root: string;
  private readonly settings: SiteSettings;
  private readonly log: (message: string) => void;
  private readonly cache = new FileCache();
  private readonly logged = new Set<string>();
  private rootIsGone = false;

  /** `root`: absolute path of a folder. */
  constructor(root: string, settings: SiteSettings, log: (message: string) => void) {
    this.root = root;
    this.settings = settings;
    this.log = log;
  }

  /** The files in the response's body are the caller's to close. */
  respond(request: Request): Response {
    try {
      if (!isServed(request.method)) return methodRefusal(request.method);
      if (request.method === 'OPTIONS') return { status: 204, fields: [allow], body: [] };
      return this.get(request);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.logOnce(`${request.method} ${shown(request)} could not be answered: ${message}`);
      if (isOutOfDescriptors(error)) return busy();
      return errorResponse(
        500,
        'Something went wrong here',
        'The file could not be sent because of an unexpected error. The log of the server says which; try again after a look at it.',
      );
    }
  }

  /** Until `turnEnded`, requests are as good as at the same time: what the file system said to one holds for all. */
  turnBegan(): void {
    this.cache.turnBegan();
  }

  turnEnded(): void {
    this.cache.turnEnded();
  }

  private get(request: Request): Response {
    const cached = this.cache.get(request.path);
    if (cached !== null) return fileResponse(request, cached, Date.now());
    const path = targetPath(request.path);
    if (typeof path === 'string') return pathRefusal(path, request);
    const root = realFolder(this.root);
    if (root === null) return this.gone();
    if (this.rootIsGone) {
      this.rootIsGone = false;
      this.log(`The served folder ${this.root} is back.`);
    }
    const named = lookUp(root, path.names);
    if (named.kind === 'missing' && this.settings.cleanUrls && !path.folder) {
      const names = [...path.names.slice(0, -1), `${path.names.at(-1)}.html`];
      const page = lookUp(root, names);
      if (page.kind !== 'folder') return this.found(request, names, page);
    }
    if (named.kind !== 'folder') {
      if (named.kind === 'file' && path.folder) {
        named.file.close();
        return missing(request);
      }
      return this.found(request, path.names, named);
    }
    if (!path.folder) return redirect(path.names, request.query);
    const names = [...path.names, 'index.html'];
    const index = lookUp(root, names);
    if (index.kind === 'missing' || index.kind === 'folder') return withoutIndex(request);
    return this.found(request, names, index);
  }

  private found(
    request: Request,
    names: readonly string[],
    found: Exclude<Lookup, { kind: 'folder' }>,
  ): Response {
    switch (found.kind) {
      case 'file': {
        const now = Date.now();
        const representation = represent(found, now);
        if (representation.source instanceof Uint8Array) {
          this.cache.add(request.path, join(this.root, ...names), found.identity, representation, now);
        }
        return fileResponse(request, representation, now);
      }
      case 'missing':
        return missing(request);
      case 'outside':
        return errorResponse(
          403,
          'This link leads out of the served folder',
          `${shown(request)} goes through a symbolic link to a place outside the served folder. Copy what it points to into the folder, or serve a folder that holds both.`,
        );
      case 'special':
        return errorResponse(
          403,
          'This is not a file',
          `${shown(request)} is a pipe, a socket or a device. Only files are served.`,
        );
      case 'unreadable':
        this.logOnce(`${shown(request)} may not be read (${found.code}).`);
        return errorResponse(
          403,
          'This file may not be read',
          `${shown(request)} is there, but its permissions do not let the server read it (${found.code}). Change them and load the page again.`,
        );
    }
  }

  private logOnce(message: string): void {
    if (this.logged.has(message) || this.logged.size >= loggedOnce) return;
    this.logged.add(message);
    this.log(message);
  }

  private gone(): Response {
    if (!this.rootIsGone) this.log(`The served folder ${this.root} is gone.`);
    this.rootIsGone = true;
    this.cache.clear();
    return errorResponse(
      404,
      'The served folder is gone',
      'The folder that this server serves was moved, renamed or deleted. Put it back, or stop the server and serve another folder.',
    );
  }
}

function isOutOfDescriptors(error: unknown): boolean {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return code === 'EMFILE' || code === 'ENFILE';
}

function busy(): Response {
  return errorResponse(
    503,
    'Too many files are open',
    'The server cannot open another file while it sends so many. Try again in a moment, or close other connections to it.',
    [['Retry-After', '1']],
  );
}

function shown({ path }: Request): string {
  return path.length > shownPathLength ? `${path.slice(0, shownPathLength)}…` : path;
}

function missing(request: Request): Response {
  return errorResponse(
    404,
    'There is no such file',
    `The served folder has no ${shown(request)}. Check the spelling, upper and lower case included.`,
  );
}

function withoutIndex(request: Request): Response {
  return errorResponse(
    404,
    'This folder has no index.html',
    `${shown(request)} is a folder. Add an index.html to it, or ask for one of its files by name.`,
  );
}

/** Relative, so that it holds behind a proxy that has another name or port; the query is kept. */
function redirect(names: readonly string[], query: string | null): Response {
  const name = encodeURIComponent(names[names.length - 1] ?? '');
  const location = `${name}/${query === null ? '' : `?${query}`}`;
  return errorResponse(301, 'This is a folder', 'The address of a folder ends in a slash.', [
    ['Location', location],
  ]);
}

function methodRefusal(method: string): Response {
  if (isRegisteredMethod(method)) {
    return errorResponse(
      405,
      `${method} is not for files`,
      'This server serves the files of a folder, and answers GET, HEAD and OPTIONS only. To see what a form or a script sends, turn echo on.',
      [allow],
    );
  }
  return errorResponse(
    501,
    'Unknown method',
    'The method of this request is not one that the server knows. It answers GET, HEAD and OPTIONS.',
  );
}

function pathRefusal(refusal: PathRefusal, request: Request): Response {
  switch (refusal) {
    case 'malformed':
      return errorResponse(
        400,
        'The address is malformed',
        'It holds a "%" without two hexadecimal digits after it, or an encoded zero byte. Write "%25" for a percent sign.',
      );
    case 'separator':
      return errorResponse(
        400,
        'The address hides a separator',
        'It holds a backslash, or an encoded slash or backslash. Write "/" between the names of folders and files.',
      );
    case 'above-root':
      return errorResponse(
        400,
        'The address leads out of the served folder',
        'It has more ".." than folders to leave. Only what lies in the served folder is served.',
      );
    case 'no-such-name':
      return missing(request);
  }
}
