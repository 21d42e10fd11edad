import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** What a parser made of the bytes of one request. */
export interface Verdict {
  /** `refused`: malformed. `incomplete`: more bytes are wanted. */
  readonly outcome: 'complete' | 'incomplete' | 'refused';
  /** Why it was refused: a rule of Spark's, or an error name of llhttp's; empty where it was not. */
  readonly reason: string;
  /** Where the request ended; -1 where it did not. */
  readonly end: number;
  readonly method: string;
  readonly target: string;
  readonly minorVersion: number;
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** Without what frames it. */
  readonly body: string;
}

interface Exports {
  readonly memory: WebAssembly.Memory;
  _initialize(): void;
  malloc(size: number): number;
  free(pointer: number): void;
  llhttp_alloc(type: number): number;
  llhttp_free(parser: number): void;
  llhttp_execute(parser: number, data: number, length: number): number;
  llhttp_get_error_pos(parser: number): number;
  llhttp_errno_name(error: number): number;
  llhttp_get_method(parser: number): number;
  llhttp_method_name(method: number): number;
  llhttp_get_http_minor(parser: number): number;
}

const requestType = 1;
/** HPE_OK and HPE_PAUSED. */
const ok = 0;
const paused = 21;

/** What is being parsed now: the module is shared, and calls back. */
interface Parsing {
  target: string;
  fields: [string, string][];
  inValue: boolean;
  body: string;
  begun: boolean;
  complete: boolean;
}

let now: Parsing = nothingYet();

function nothingYet(): Parsing {
  return { target: '', fields: [], inValue: true, body: '', begun: false, complete: false };
}

const llhttp = load();

/** The verdict of llhttp, the parser of Node.js, in its strict mode. */
export function llhttpVerdict(bytes: Uint8Array): Verdict {
  now = nothingYet();
  const parser = llhttp.llhttp_alloc(requestType);
  const data = llhttp.malloc(Math.max(1, bytes.length));
  try {
    new Uint8Array(llhttp.memory.buffer).set(bytes, data);
    const error = llhttp.llhttp_execute(parser, data, bytes.length);
    const refused = error !== ok && error !== paused;
    const position = llhttp.llhttp_get_error_pos(parser) - data;
    return {
      outcome: now.complete ? 'complete' : refused ? 'refused' : 'incomplete',
      reason: refused ? text(llhttp.llhttp_errno_name(error)) : '',
      end: now.complete ? (error === paused ? position : bytes.length) : -1,
      method: now.begun ? text(llhttp.llhttp_method_name(llhttp.llhttp_get_method(parser))) : '',
      target: now.target,
      minorVersion: llhttp.llhttp_get_http_minor(parser),
      fields: now.fields,
      body: now.body,
    };
  } finally {
    llhttp.free(data);
    llhttp.llhttp_free(parser);
  }
}

function text(start: number, length?: number): string {
  const memory = Buffer.from(llhttp.memory.buffer);
  return memory.toString('latin1', start, length === undefined ? memory.indexOf(0, start) : start + length);
}

function load(): Exports {
  // The package's own file: undici does not export it.
  const file = createRequire(import.meta.url).resolve('undici/lib/llhttp/llhttp-wasm.js');
  const base64 = /['"]([A-Za-z0-9+/=]{1000,})['"]/.exec(readFileSync(file, 'utf8'))?.[1];
  if (base64 === undefined) throw new Error(`${file} holds no module any more.`);
  const module = new WebAssembly.Module(Buffer.from(base64, 'base64'));
  const { exports } = new WebAssembly.Instance(module, {
    env: {
      wasm_on_message_begin: () => {
        now.begun = true;
        return 0;
      },
      wasm_on_url: (_: number, at: number, length: number) => {
        now.target += text(at, length);
        return 0;
      },
      wasm_on_status: () => 0,
      wasm_on_header_field: (_: number, at: number, length: number) => {
        if (now.inValue) now.fields.push(['', '']);
        now.inValue = false;
        now.fields[now.fields.length - 1][0] += text(at, length);
        return 0;
      },
      wasm_on_header_value: (_: number, at: number, length: number) => {
        now.inValue = true;
        now.fields[now.fields.length - 1][1] += text(at, length);
        return 0;
      },
      wasm_on_headers_complete: () => 0,
      wasm_on_body: (_: number, at: number, length: number) => {
        now.body += text(at, length);
        return 0;
      },
      wasm_on_message_complete: () => {
        now.complete = true;
        return paused;
      },
    },
  });
  const loaded = exports as unknown as Exports;
  loaded._initialize();
  return loaded;
}
