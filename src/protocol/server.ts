import type { Limits } from '../http/limits.ts';
import type { PackedBatch } from './capture.ts';

/** Which requests are answered with their own bytes. `unhandled`: those with methods that the site does not serve. */
export type EchoMode = 'off' | 'unhandled' | 'all';

/** Everything the server needs to know to start; the same for the extension and the command line. */
export interface ServerSettings {
  /** Absolute path of the folder to serve. */
  readonly root: string;
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  /** How many ports after `port` to try while they are taken. 0 = none. */
  readonly furtherPorts: number;
  /** Host names allowed beside the loopback names; `*` = any. */
  readonly allowHosts: readonly string[];
  readonly echo: EchoMode;
  readonly site: SiteSettings;
  readonly capture: CaptureSettings;
  readonly limits: Limits;
  readonly model: ModelSettings;
  readonly sockets: SocketSettings;
  readonly proxy: ProxySettings;
  readonly https: HttpsSettings;
  /** Live reload of previewed pages; null for none. */
  readonly live: LiveSettings | null;
}

/** Live reload of pages. */
export interface LiveSettings {
  /** Unguessable letters and digits in the path of the event stream: whoever knows them hears of changes. */
  readonly token: string;
  /** Whether pages get the script that shows changes. */
  readonly inject: boolean;
}

/** Whether clients speak TLS, and with which certificate. Paths are absolute, or relative to the folder that is served. */
export interface HttpsSettings {
  readonly enabled: boolean;
  /** PEM files; empty for none. */
  readonly cert: string;
  readonly key: string;
  /** A PKCS #12 file instead; empty for none. */
  readonly pfx: string;
  /** Of the key, or of the PKCS #12 file. */
  readonly passphrase: string;
  /** Folder for the certificate that is made where none is given; empty: it is made anew for each run. */
  readonly kept: string;
}

/** Which requests are forwarded to other servers, and how. */
export interface ProxySettings {
  readonly routes: readonly ProxyRoute[];
  /** Host is the other server's own name, and not the one that the client used. */
  readonly changeOrigin: boolean;
}

/** Forwards requests for the paths below a prefix to another server. */
export interface ProxyRoute {
  /** As in request targets: percent-encoded, starting with a slash; without one at its end, but for `/` itself. */
  readonly prefix: string;
  /** An http or https URL. Its path, if it has one (`/` counts), replaces the prefix. */
  readonly target: string;
}

/** How files are served. */
export interface SiteSettings {
  /** A folder without index.html is answered with the list of its files. */
  readonly listing: boolean;
  /** `/page` is answered with the file `page.html`. */
  readonly cleanUrls: boolean;
  /** Path, below the folder, of the page that answers for every path that names no file; empty for none. */
  readonly spaFallback: string;
  /** Error responses get their page from the served folder, such as `404.html`, where it has one. */
  readonly errorPages: boolean;
  /** Charset that text files are labelled with; empty for none. */
  readonly charset: string;
  /** `page.html.br` and `page.html.gz` are sent instead of `page.html` to clients that accept them. */
  readonly precompressed: boolean;
  /** Texts are compressed as they are sent; only the event loop can do so. */
  readonly compression: boolean;
  readonly mounts: readonly Mount[];
  readonly headers: readonly HeaderRule[];
  /** Origins whose scripts may read what is served; `*` = any. */
  readonly cors: readonly string[];
}

/** A folder that is served below a prefix of paths. */
export interface Mount {
  /** Decoded, starting with a slash. */
  readonly prefix: string;
  /** Absolute, or relative to the folder that the server serves. */
  readonly folder: string;
}

/** Header fields for the responses to some paths. */
export interface HeaderRule {
  /** Of decoded paths: `*` = any characters within a name, `**` = any, `?` = one; a final slash: everything below. */
  readonly pattern: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
}

/** What is recorded. */
export interface CaptureSettings {
  readonly enabled: boolean;
  /** Body bytes recorded per exchange and direction. */
  readonly bodyBytes: number;
}

/** Who handles which connection when. */
export interface ModelSettings {
  readonly name: ModelName;
  /** How many threads or processes serve, where the model has several. */
  readonly workers: number;
  /** How many connections may wait to be accepted, as told to `listen`. */
  readonly backlog: number;
  /** Milliseconds of additional work for each request: to compare the models. */
  readonly compute: number;
}

/** What the sockets are built on. */
export interface SocketSettings {
  readonly layer: SocketLayerChoice;
  /** Whether each system call is recorded; none of libuv's can be. */
  readonly trace: boolean;
}

/** `auto`: system calls on the platforms where they are tested, else libuv. */
export type SocketLayerChoice = 'auto' | 'systemCalls' | 'libuv';

/** The concurrency models, each a file of src/models. */
export type ModelName = 'iterative' | 'eventLoop' | 'threads' | 'processes';

/** Least to most severe. */
export type LogLevel = 'debug' | 'info' | 'warning' | 'error';

/** Extension host to server. */
export type ToServer =
  /** Comes first, if at all: answered with `debuggerAwaited`. What follows is taken once a debugger has attached. */
  | { readonly type: 'awaitDebugger' }
  | { readonly type: 'start'; readonly settings: ServerSettings }
  /** Further host names to answer to, beside those of the settings. */
  | { readonly type: 'allowHosts'; readonly hosts: readonly string[] }
  /** Aborts a connection; one that is closed already is ignored. */
  | { readonly type: 'closeConnection'; readonly connection: number }
  /** Acknowledges a batch, so that the next may be sent. */
  | { readonly type: 'batchStored'; readonly sequence: number }
  /** The content of a file in an editor; null: the same as on disk. */
  | { readonly type: 'unsaved'; readonly file: string; readonly content: Uint8Array | null }
  /** The page that is served for a file, such as a Markdown file, in UTF-8. */
  | { readonly type: 'rendered'; readonly file: string; readonly page: Uint8Array }
  /** Absolute paths of files that were changed, made or deleted; null: more than can be listed. */
  | { readonly type: 'filesChanged'; readonly files: readonly string[] | null }
  | { readonly type: 'stop' };

/** Why a server could not start: the extension makes a sentence of it in the user's language. */
export type StartFailure =
  /** All ports that the settings allow, from the first to the last. */
  | { readonly kind: 'portsTaken'; readonly first: number; readonly last: number }
  /** The system lets this user bind no such port (EACCES, EPERM), as those below 1024 on Linux. */
  | { readonly kind: 'notPermitted'; readonly host: string; readonly port: number }
  /** No network interface has the address. */
  | { readonly kind: 'addressNotAvailable'; readonly host: string }
  /** No address belongs to the name. */
  | { readonly kind: 'hostUnknown'; readonly host: string }
  /** What a setting asks for needs the model `eventLoop`. */
  | { readonly kind: 'needsEventLoop'; readonly setting: NeedsEventLoop; readonly model: ModelName }
  /** TLS needs libuv, and the settings ask for system calls. */
  | { readonly kind: 'needsLibuv' }
  /** None of these; all that is known is the message of `startFailed`. */
  | { readonly kind: 'other' };

/** Settings that need the model `eventLoop`. */
export type NeedsEventLoop = 'spark.https.enabled' | 'spark.proxy';

/** Server to extension host. */
export type FromServer =
  /** The process waits for a debugger at this address, a `ws:` URL, and does nothing until it has attached. */
  | { readonly type: 'debuggerAwaited'; readonly inspectorUrl: string }
  /** `skippedPorts`: asked for, but taken. */
  | {
      readonly type: 'listening';
      readonly host: string;
      readonly port: number;
      /** Whether TLS is spoken. */
      readonly secure: boolean;
      readonly skippedPorts: readonly number[];
    }
  /** The server could not start; the process exits with 1. `message`: why, in English, for the log. */
  | { readonly type: 'startFailed'; readonly reason: StartFailure; readonly message: string }
  | { readonly type: 'batch'; readonly batch: PackedBatch }
  | { readonly type: 'log'; readonly level: LogLevel; readonly message: string }
  /** It stops: nothing new is accepted, and answers under way may finish. */
  | { readonly type: 'stopping' }
  /** All connections are closed and the last batch is sent; the process exits with 0. */
  | { readonly type: 'stopped' };
