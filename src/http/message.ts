import type { TargetForm } from './headBuffer.ts';

/** An open file that a response is sent from. Its last owner closes it. */
export interface OpenFile {
  readonly descriptor: number;
  /** Where it lies, symbolic links resolved. */
  readonly path: string;
  /**
   * Whether the file is unchanged since it was opened, when Content-Length was taken from it. A driver asks after it has
   * read the last bytes of a slice, before it sends them; if the file has changed, it cuts the connection, so that no
   * client takes a mixture of two versions for a whole one.
   */
  isUnchanged(): boolean;
  /**
   * Whether the file had not been written to for a while when it was opened. Only then may the kernel send from it by
   * itself (sendfile): what waits in the socket is then the file's own pages. A client that reads late must not lose its
   * answer to the next of many writes, nor may a write pass that the file's time does not show yet.
   */
  readonly leftAlone: boolean;
  close(): void;
}

/** `length` bytes of an open file from `offset` on. */
export interface FileSlice {
  readonly file: OpenFile;
  readonly offset: number;
  readonly length: number;
}

/** What a connection has to send: bytes, or a slice of an open file. */
export type Output = Uint8Array | FileSlice;

/**
 * A body whose bytes come over time: from a compressor, say, or from events that have yet to happen. The connection reads
 * it when there is room for more, and closes it, once.
 */
export interface BodySource {
  /**
   * The next bytes, which must not change afterwards; null where there are none yet. `failed`: the rest will never come;
   * the connection is cut, so that no client takes what it has for the whole.
   */
  read(): Uint8Array | 'ended' | 'failed' | null;
  /** Set by the connection: to be called when `read` has something to give again after it gave null. */
  ready: () => void;
  /** Nothing more is read: all has been, or the rest is no longer wanted. */
  close(): void;
  /** It has no end of its own: it ends with the client's side of the connection, or when the server stops. */
  readonly unending?: boolean;
  /** Fields of the trailer section, asked for after `ended`; sent where the body goes in chunks. */
  readonly trailers?: readonly Field[];
}

/** Name and value of a field line, one character for each octet on the wire. */
export type Field = readonly [name: string, value: string];

/**
 * A well-formed request, from the moment its header section is complete. Valid until the handler has answered it: its
 * strings are taken from the connection's buffer when they are asked for.
 */
export interface Request {
  readonly method: string;
  /** The request target as on the wire. */
  readonly target: string;
  readonly form: TargetForm;
  /** The target's path, still percent-encoded; `*` in asterisk form, empty in authority form. */
  readonly path: string;
  /** The target's query without its `?`, still percent-encoded; null where there is none. */
  readonly query: string | null;
  /**
   * Host that the request is for, in lower case, without port: from a target in absolute form, else from the Host field.
   * Empty in HTTP/1.0 without Host.
   */
  readonly host: string;
  /** Minor version as on the wire: 0 for HTTP/1.0. The major version is always 1. */
  readonly minorVersion: number;
  /** The value of a field; several lines of one name are joined with ", ". `name` is in lower case. */
  field(name: string): string | undefined;
  /** Whether a body follows (Content-Length above 0, or Transfer-Encoding). */
  readonly hasBody: boolean;
  /** All field lines in their order, names as on the wire. */
  fields(): Field[];
}

/** A response as the bytes that it is sent as, for one that is sent again and again. */
export interface ResponseEncoding {
  readonly bytes: Uint8Array;
  /** Where the body starts in `bytes`. */
  readonly bodyStart: number;
  /** Brings the bytes up to date for the time `now`. `response` has to be the same each time. */
  renew(response: Response, now: number): void;
}

/** The answer to a request. The connection adds Date, Content-Length and Connection; it leaves the body out for HEAD. */
export interface Response {
  readonly status: number;
  /** In the order in which they are sent, names as on the wire. Values must not hold CR, LF or NUL. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** Sent one after the other. The connection closes the files, sent or not. */
  readonly body: readonly Output[];
  /** What follows `body`, over time. Only event-driven drivers can serve it (`Connection.whenReady`). */
  readonly source?: BodySource;
  /** Length of `source` in bytes, where it is known: it becomes Content-Length, and the source must keep to it. */
  readonly sourceLength?: number;
  /** Reason phrase of an upstream server, for a response that is passed on: its Date, if any, stays. */
  readonly reason?: string;
  /** Close the connection after this response. */
  readonly close?: boolean;
  /** For a response object that is returned again and again, with its body in memory: the bytes it is sent as. */
  readonly encoded?: ResponseEncoding;
}
