import { join } from 'node:path';
import type { Request, Response } from '../http/message.ts';
import type { SiteSettings } from '../protocol/server.ts';
import { isOutOfDescriptors } from '../sockets/descriptorLimit.ts';
import { preferredCoding } from './acceptEncoding.ts';
import { codingFor, compressedResponse, isCompressible } from './compression.ts';
import { CrossOrigin } from './crossOrigin.ts';
import { ExtraFields, withFields } from './extraFields.ts';
import { FileCache } from './fileCache.ts';
import { conditionalResponse, fileResponse } from './fileResponse.ts';
import type { FileView } from './fileView.ts';
import { type Found, find, findFallback } from './find.ts';
import { lookUp, realFolder, type ServedFile } from './folder.ts';
import { listFolder, sortOrder } from './listing.ts';
import { listingInSteps, listingPage, listingResponse, unmodifiedListing } from './listingPage.ts';
import { mediaType } from './mediaType.ts';
import { Mounts } from './mounts.ts';
import * as refusals from './refusals.ts';
import { FileChangedError, heldBytes, type Representation, represent } from './representation.ts';
import { SidecarMemory, sidecarExtension, sidecarsOf } from './sidecars.ts';
import { type TargetPath, targetPath } from './targetPath.ts';

/** Messages that are logged once each: requests that come again and again must not fill the log. */
const loggedOnce = 200;
/** How often a file is read again if it is written to meanwhile. */
const readAttempts = 3;

const servedMethods: ReadonlySet<string> = new Set(refusals.servedMethods);

/** Whether a site serves this method. */
export function isServed(method: string): boolean {
  return servedMethods.has(method);
}

/** Where a file was looked for. */
interface FoundPlace {
  /** The served folder as it is named, and its real path. */
  readonly folder: string;
  readonly root: string;
}

/** A folder being served. Answers synchronously and never throws: what goes wrong becomes an error page and a log line. */
export class Site {
  private readonly root: string;
  private readonly settings: SiteSettings;
  private readonly log: (message: string) => void;
  private readonly mounts: Mounts;
  private readonly extraFields: ExtraFields;
  /** Which origins' scripts may read what is served. */
  readonly crossOrigin: CrossOrigin;
  private readonly cache = new FileCache();
  private readonly sidecars = new SidecarMemory();
  private readonly logged = new Set<string>();
  /** Served folders, mounts included, that were not there when they were last asked for. */
  private readonly gone = new Set<string>();
  private readonly view: FileView | null;
  private readonly hasTurns: boolean;
  /** When the present turn began, in milliseconds since the epoch; 0 outside of turns. */
  private turnTime = 0;

  /**
   * @param root absolute path of a folder
   * @param view what is served of files where it is not their bytes on disk
   * @param hasTurns whether it is called from an event loop, which can send bodies that come over time
   */
  constructor(
    root: string,
    settings: SiteSettings,
    log: (message: string) => void,
    view: FileView | null = null,
    hasTurns = false,
  ) {
    this.hasTurns = hasTurns;
    this.view = view;
    this.root = root;
    this.settings = settings;
    this.log = log;
    this.mounts = new Mounts(root, settings.mounts);
    this.extraFields = new ExtraFields(settings.headers);
    this.crossOrigin = new CrossOrigin(settings.cors);
  }

  /** The files in the response's body are the caller's to close. */
  respond(request: Request): Response {
    let response = this.answerOrRefusal(request);
    if (response.status >= 400 && this.settings.errorPages) response = this.withOwnPage(response);
    if (!this.extraFields.none) response = this.extraFields.addedTo(response, decodedPath(request.path));
    if (!this.crossOrigin.none) response = this.crossOrigin.addedTo(response, request);
    return response;
  }

  /** Forgets all lookups: what is served of a file has changed without a trace on disk. */
  forget(): void {
    this.cache.clear();
  }

  /** Until `turnEnded`, requests count as simultaneous: what the file system told one holds for all. */
  turnBegan(): void {
    this.turnTime = Date.now();
    this.cache.turnBegan();
  }

  turnEnded(): void {
    this.turnTime = 0;
    this.cache.turnEnded();
  }

  private answerOrRefusal(request: Request): Response {
    try {
      if (!isServed(request.method)) return refusals.methodRefusal(request.method);
      if (request.method === 'OPTIONS') return { status: 204, fields: [refusals.allow], body: [] };
      const now = this.turnTime || Date.now();
      const held = this.held(request, now);
      if (held !== null) return this.sent(request, held, now);
      for (let attempt = 1; attempt < readAttempts; attempt++) {
        const response = unlessChanged(() => this.get(request));
        if (response !== null) return response;
      }
      return unlessChanged(() => this.get(request)) ?? refusals.beingWritten();
    } catch (error) {
      if (isOutOfDescriptors(error)) {
        this.logOnce(outOfDescriptors);
        return refusals.busy();
      }
      const message = error instanceof Error ? error.message : String(error);
      this.logOnce(`${request.method} ${refusals.shown(request)} could not be answered: ${message}`);
      return refusals.unexpected();
    }
  }

  /** The cached representation of the file that a request is for, if that has not changed. */
  private held(request: Request, now: number): Representation | null {
    const { path } = request;
    return this.settings.precompressed && !this.sidecars.knowsOfNone(path, now) ? null : this.cache.get(path);
  }

  private get(request: Request): Response {
    const now = Date.now();
    const path = targetPath(request.path);
    if (typeof path === 'string') return refusals.pathRefusal(path, request);
    const place = this.mounts.placeOf(path.names);
    const root = this.realRoot(place.root);
    if (root === null) return refusals.rootGone();
    const found = find(root, { names: place.names, folder: path.folder }, this.settings);
    const isNothing = found.kind === 'missing' || (found.kind === 'folder' && !this.settings.listing);
    const fallback = isNothing ? findFallback(root, request, this.settings) : null;
    return this.found(request, path, { folder: place.root, root }, fallback ?? found, now);
  }

  private found(request: Request, path: TargetPath, place: FoundPlace, found: Found, now: number): Response {
    switch (found.kind) {
      case 'file':
        try {
          return this.file(request, place, found, now);
        } catch (error) {
          found.served.file.close();
          throw error;
        }
      case 'folderWithoutSlash':
        return refusals.folderRedirect(path.names, request.query);
      case 'folder':
        if (!this.settings.listing) return refusals.withoutIndex(request);
        return this.listing(request, path, place, found.real, now);
      case 'missing':
        return refusals.missing(request);
      case 'outside':
        return refusals.outside(request);
      case 'special':
        return refusals.special(request);
      case 'unreadable':
        return this.unreadable(request, found.code);
    }
  }

  /** A listing of one step is answered at once; a large folder's is made over several turns, if there are turns. */
  private listing(
    request: Request,
    path: TargetPath,
    place: FoundPlace,
    real: string,
    now: number,
  ): Response {
    const listing = listFolder(place.root, real, this.mounts.namesIn(path.names));
    const steps = listingPage(path.names, listing, sortOrder(request.query));
    let step = steps.next();
    const isListed = !step.done || step.value instanceof Uint8Array;
    const conditional = isListed ? conditionalResponse(request, null, unmodifiedListing) : null;
    if (conditional !== null) {
      steps.return(new Uint8Array(0));
      return conditional;
    }
    if (!step.done && this.hasTurns) {
      const shown = refusals.shown(request);
      return listingInSteps(steps, (reason) =>
        this.logOnce(`${shown} could not be listed to its end (${reason}).`),
      );
    }
    while (!step.done) step = steps.next();
    const { value } = step;
    return value instanceof Uint8Array
      ? listingResponse(value)
      : this.found(request, path, place, value, now);
  }

  private unreadable(request: Request, code: string): Response {
    this.logOnce(`${refusals.shown(request)} may not be read (${code}).`);
    return refusals.unreadable(request, code);
  }

  private file(
    request: Request,
    { root, folder }: FoundPlace,
    { served, names, direct }: Extract<Found, { kind: 'file' }>,
    now: number,
  ): Response {
    // Not the real path: links on the way may lead elsewhere by the next request.
    const path = join(folder, ...names);
    const viewed = { path: served.path, read: () => heldBytes(served) };
    const view = this.view?.view(viewed, request.path) ?? null;
    const codings = view === null && this.settings.precompressed ? sidecarsOf(path, served.identity) : [];
    if (codings.length > 0)
      return fileResponse(request, this.negotiated(request, root, names, served, codings, now), now);
    const type = view?.type ?? mediaType(served.name, this.settings.charset);
    const varies = this.settings.compression && isCompressible(type, view?.bytes.length ?? served.size);
    const presentation = { type, coding: null, varies, view };
    const representation = represent(served, presentation, now);
    // A file that answers only for lack of a better one must be looked up anew each time.
    if (direct && view?.unsaved !== true && representation.source instanceof Uint8Array) {
      this.cache.add(request.path, path, served.identity, representation, now);
      this.sidecars.remember(request.path, path, now);
    }
    return this.sent(request, representation, now);
  }

  /** A file as it is, or compressed on the fly where the client accepts it and it is worth it. */
  private sent(request: Request, representation: Representation, now: number): Response {
    const coding = this.settings.compression ? codingFor(request, representation) : null;
    if (coding === null) return fileResponse(request, representation, now);
    return compressedResponse(request, representation, coding);
  }

  /** The representation that the request prefers, where a file has sidecars (RFC 9110 section 12.1). */
  private negotiated(
    request: Request,
    root: string,
    names: readonly string[],
    served: ServedFile,
    codings: ReturnType<typeof sidecarsOf>,
    now: number,
  ): Representation {
    const type = mediaType(served.name, this.settings.charset);
    const coding = preferredCoding(request.field('accept-encoding'), codings);
    if (coding !== null) {
      const sidecar = lookUp(root, [...names.slice(0, -1), `${names.at(-1)}${sidecarExtension[coding]}`]);
      if (sidecar.kind === 'file') {
        served.file.close();
        return represent(sidecar, { type, coding, varies: true }, now);
      }
    }
    return represent(served, { type, coding: null, varies: true }, now);
  }

  /** With the error page of the served folder, such as 404.html, if it has one. Other fields stay. */
  private withOwnPage(response: Response): Response {
    try {
      const root = realFolder(this.root);
      const page = root === null ? null : lookUp(root, [`${response.status}.html`]);
      if (page?.kind !== 'file') return response;
      const type = mediaType('.html', this.settings.charset);
      const { whole } = represent(page, { type, coding: null, varies: false }, Date.now());
      const kept = response.fields.filter(([name]) => name !== 'Content-Security-Policy');
      return { ...response, fields: withFields(kept, [['Content-Type', type]]), body: whole.body };
    } catch (error) {
      this.logOnce(
        `The page ${response.status}.html could not be sent: ${error instanceof Error ? error.message : error}`,
      );
      return response;
    }
  }

  /** The real path of a served folder; null while it is gone. */
  private realRoot(folder: string): string | null {
    const real = realFolder(folder);
    if (real === null) {
      if (!this.gone.has(folder)) this.log(`The served folder ${folder} is gone.`);
      this.gone.add(folder);
      this.cache.clear();
    } else if (this.gone.delete(folder)) {
      this.log(`The served folder ${folder} is back.`);
    }
    return real;
  }

  private logOnce(message: string): void {
    if (this.logged.has(message) || this.logged.size >= loggedOnce) return;
    this.logged.add(message);
    this.log(message);
  }
}

/** Null where a file was written to while it was read. */
function unlessChanged(answer: () => Response): Response | null {
  try {
    return answer();
  } catch (error) {
    if (error instanceof FileChangedError) return null;
    throw error;
  }
}

/** As patterns of paths see it; a path that cannot be decoded, as it came. */
function decodedPath(path: string): string {
  const decoded = targetPath(path);
  if (typeof decoded === 'string') return path;
  const { names, folder } = decoded;
  return `/${names.join('/')}${folder && names.length > 0 ? '/' : ''}`;
}

const outOfDescriptors =
  'A file could not be opened, and 503 was answered: no file descriptor is left (EMFILE). Close connections, or raise the limit (ulimit -n).';
