import type { LiveChange } from '../protocol/live.ts';
import type { LiveAddress } from './address.ts';
import { connect, type StreamEvent } from './stream.ts';
import type { Greeting } from './worker.ts';

const idKey = 'spark-stream';

/**
 * Reports the changes after the event `after`. Browsers allow six connections to one host, so all pages of a browser
 * share one event stream, held by a shared worker. Where there can be none, each page has its own, and closes it while
 * it is hidden. `refused` is called where that stream cannot be opened either.
 */
export function openChannel(
  address: LiveAddress,
  after: string,
  changed: (change: LiveChange) => void,
  refused: () => void,
): void {
  try {
    shareStream(address, after, changed, refused);
  } catch {
    // A policy of the page forbids workers, or the browser has no shared ones.
    holdStream(address, after, changed, refused);
  }
}

function shareStream(
  address: LiveAddress,
  after: string,
  changed: (change: LiveChange) => void,
  refused: () => void,
): void {
  const worker = new SharedWorker(address.of('worker.js'), { name: 'Spark live reload' });
  let answered = false;
  const fallBack = () => {
    if (answered) return;
    answered = true;
    worker.port.close();
    holdStream(address, after, changed, refused);
  };
  worker.addEventListener('error', fallBack, { once: true });
  worker.port.onmessage = ({ data }: MessageEvent<{ stream: string } | LiveChange>) => {
    answered = true;
    // The stream outlasts the page that opened it, but not the last page: the next worker goes on under its name.
    if ('stream' in data) keepId(data.stream);
    else changed(data);
  };
  const greeting: Greeting = { stream: ownId(), after };
  worker.port.postMessage(greeting);
}

function holdStream(
  address: LiveAddress,
  after: string,
  changed: (change: LiveChange) => void,
  refused: () => void,
): void {
  let close: (() => void) | null = null;
  let last = after;
  const follow = () => {
    if (document.visibilityState === 'hidden') {
      close?.();
      close = null;
    } else {
      const happened = ({ id, change }: StreamEvent) => {
        last = id;
        changed(change);
      };
      close ??= connect(address.of('events'), ownId(), last, happened, refused);
    }
  };
  document.addEventListener('visibilitychange', follow);
  // A page that is left, and kept by the browser for a return, must hold no stream.
  window.addEventListener('pagehide', () => close?.());
  follow();
}

/** Names this page's stream, so that after a reload its new one supersedes the old. */
function ownId(): string {
  let id: string | null = null;
  try {
    id = sessionStorage.getItem(idKey);
  } catch {
    // A sandbox without storage: the old stream ends in its own time.
  }
  if (id !== null && /^[\w-]{1,64}$/.test(id)) return id;
  const made = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
  keepId(made);
  return made;
}

function keepId(id: string): void {
  try {
    sessionStorage.setItem(idKey, id);
  } catch {
    // As above.
  }
}
