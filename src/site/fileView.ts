/** A file that is about to be served. */
export interface ViewedFile {
  /** Its real path. */
  readonly path: string;
  /** Its bytes on disk; null where there are too many to hold. */
  read(): Uint8Array | null;
}

/** Replaces what is served of files: something other than their bytes on disk. */
export interface FileView {
  /**
   * What to serve of a file; null for its own bytes. Called when a file is looked up.
   *
   * @param requestPath the path of the request's target, percent-encoded
   */
  view(file: ViewedFile, requestPath: string): View | null;
}

/** Bytes to serve in place of a file's. */
export interface View {
  readonly bytes: Uint8Array;
  /** Their media type, where it is not that of the file. */
  readonly type?: string;
  /** Whether they come from an editor, and so may change without a trace on disk. */
  readonly unsaved: boolean;
}
