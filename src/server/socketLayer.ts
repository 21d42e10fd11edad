import type { ServerSettings, SocketSettings } from '../protocol/server.ts';
import { previewBytes } from '../sockets/callText.ts';
import type { CallTrace } from '../sockets/callTrace.ts';
import { libuvTransport } from '../sockets/libuv.ts';
import { loadSystemCalls } from '../sockets/loadSystemCalls.ts';
import type { NativeLibrary } from '../sockets/nativeLibrary.ts';
import { ReadinessTransport } from '../sockets/readiness.ts';
import { secureTransport } from '../sockets/secureTransport.ts';
import type { Transport } from '../sockets/transport.ts';
import { credentialsOf } from './tls/credentials.ts';

/** Where the tests prove the system calls; `auto` takes them there. */
export function isProven({ platform, libraryName }: NativeLibrary): boolean {
  return platform.name === 'linux' && process.arch === 'x64' && libraryName === 'libc.so.6';
}

/** What is recorded with each call, if calls are traced: where nothing is captured, what they carry is shown too. */
export function traceOptions(
  { trace }: SocketSettings,
  isCaptured: boolean,
): { previewBytes: number } | null {
  return trace ? { previewBytes: isCaptured ? 0 : previewBytes } : null;
}

/**
 * Chooses what the event loop's sockets stand on. Rejects where system calls are asked for and cannot be had, and with
 * CertificateError.
 */
export async function chooseTransport(
  settings: ServerSettings,
  isCaptured: boolean,
  log: (message: string) => void,
): Promise<{ readonly transport: Transport; readonly trace: CallTrace | null }> {
  if (!settings.https.enabled) return chooseSockets(settings.sockets, isCaptured, log);
  if (settings.sockets.layer === 'auto')
    log('The sockets are those of Node.js (libuv): TLS (spark.https, --https) stands on them.');
  const credentials = await credentialsOf(settings, log);
  return { transport: secureTransport(credentials, settings.limits.headerReadTime), trace: null };
}

async function chooseSockets(
  settings: SocketSettings,
  isCaptured: boolean,
  log: (message: string) => void,
): Promise<{ readonly transport: Transport; readonly trace: CallTrace | null }> {
  const unseen = { transport: libuvTransport, trace: null };
  if (settings.layer === 'libuv') return unseen;
  const loaded = await loadSystemCalls(traceOptions(settings, isCaptured));
  if ('reason' in loaded) {
    if (settings.layer === 'systemCalls')
      throw new Error(
        `There are no system calls here: ${loaded.reason} Choose other sockets (spark.sockets, --sockets): auto or libuv.`,
      );
    log(`The sockets are those of Node.js (libuv). ${loaded.reason}`);
    return unseen;
  }
  if (settings.layer === 'auto' && !isProven(loaded.library)) {
    log('The sockets are those of Node.js (libuv): system calls are not proven on this platform yet.');
    return unseen;
  }
  return { transport: new ReadinessTransport(loaded.library, loaded.calls), trace: loaded.trace };
}
