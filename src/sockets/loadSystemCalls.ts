import { CallTrace } from './callTrace.ts';
import { Libc } from './libc.ts';
import { loadNativeLibrary, type NativeLibrary } from './nativeLibrary.ts';
import type { SystemCalls } from './systemCalls.ts';
import { tracedCalls } from './tracedCalls.ts';

/** This machine's system calls, or the reason that there are none, in a sentence. */
export type LoadedSystemCalls =
  | {
      readonly calls: SystemCalls;
      readonly library: NativeLibrary;
      /** The recorder of the calls, if one was asked for. */
      readonly trace: CallTrace | null;
    }
  | { readonly reason: string };

/** How calls are traced. */
export interface TraceOptions {
  /** How many of the bytes that a call carries are recorded with it. */
  readonly previewBytes: number;
}

/** Loads the system calls for the present thread; `trace`: records each. */
export async function loadSystemCalls(trace: TraceOptions | null = null): Promise<LoadedSystemCalls> {
  const loaded = await loadNativeLibrary();
  if ('reason' in loaded) return loaded;
  const { library } = loaded;
  if (trace === null) return { calls: new Libc(library), library, trace };
  const recorded = new CallTrace(library.native.gettid());
  const native = tracedCalls(library.native, recorded, library.platform, trace.previewBytes);
  return { calls: new Libc(library, native), library, trace: recorded };
}
