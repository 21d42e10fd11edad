import type { TargetForm } from './headBuffer.ts';

/** An open file that a response is sent from. Whoever holds it last closes it. */
export interface OpenFile {
  readonly descriptor: number;
  /** Where it lies, symbolic links resolved. */
  readonly path: string;
  /**
   * Whether nobody has written to the file since it was opened. Content-Length was taken from it then: a driver asks
   * when it has read the last bytes of a slice, before it sends them, and else cuts the connection, so that no client
   * takes a mixture of two versions for the whole of one.
   */
  isUnchanged(): boolean;
  /**
   * Whether nobody had written to it for a while when it was opened. Only then may the kernel send from it by itself
   * (sendfile): what waits in a socket is then the file's own memory, and changes if the file is written to before the
   * client has taken it, when nobody can be told any more.
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
 * A body whose bytes come by and by: from a compressor, say, or from events that have yet to happen. The connection
 * reads it when there is room for more, and closes it, once.
 */
export interface BodySource {
  /**
   * The next bytes, which must not change any more; null where there are none yet. `failed`: the rest will never come;
   * the connection is cut, so that no client takes what it has for the whole.
   */
  read(): Uint8Array | 'ended' | 'failed' | null;
  /** Set by the connection: to be called when `read` has something to give again after it gave null. */
  ready: () => void;
  /** No more is read: all has been, or nobody wants it any more. */
  close(): void;
  /** It has no end of its own: it ends with the client's side of the connection, or when the server stops. */
  readonly unending?: boolean;
  /** Fields of the trailer section, asked for after `ended`; sent where the body goes in chunks. */
  readonly trailers?: readonly Field[];
}

/** Name and value of a field line; each octet of the wire is a character. */
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
  /** Host the request is for, lower case, without port: of the target in absolute form, else of the Host field; empty in HTTP/1.0 without Host. */
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

/** Room for the bytes that a response is sent as, where it is sent again and again. */
export interface ResponseEncoding {
  readonly bytes: Uint8Array;
  /** Where the body starts in `bytes`. */
  readonly bodyStart: number;
  /** Makes the bytes those of `response`, which has to be the same each time, at the time `now`. */
  renew(response: Response, now: number): void;
}

/** The answer to a request. The connection adds Date, Content-Length and Connection; it leaves the body out for HEAD. */
export interface Response {
  readonly status: number;
  /** In the order they are sent. Names as they shall stand on the wire; values must hold no CR, LF or NUL. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** Sent one after the other. The connection closes the files, sent or not. */
  readonly body: readonly Output[];
  /** What follows `body` by and by. Only a driver with a turn to give serves it (`whenReady`). */
  readonly source?: BodySource;
  /** Bytes of `source`, where that is known: it goes as Content-Length, and the source gives no byte more or less. */
  readonly sourceLength?: number;
  /** Set where another server has answered: its reason phrase. Its Date, if it has one, stays. */
  readonly reason?: string;
  /** Close the connection after this response. */
  readonly close?: boolean;
  /** Where this very object is given again and again, all of it in memory: room for the bytes that it is sent as. */
  readonly encoded?: ResponseEncoding;
}
