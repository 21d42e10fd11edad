import type { LiveChange } from '../protocol/live.ts';

/** How long to wait, in milliseconds, before a server is asked again that has refused, or is not there. */
const retry = 2_000;

/** A change, with the id of its event. */
export interface StreamEvent {
  readonly id: string;
  readonly change: LiveChange;
}

/**
 * Follows the event stream at an address, from the event `after` on, until the returned function is called. EventSource
 * itself resumes a stream that has ended; a server that was started anew says that everything has changed. `refused` is
 * called where none could be opened so far: a policy of the page forbids it, or there is no server.
 */
export function connect(
  address: URL,
  id: string,
  after: string,
  happened: (event: StreamEvent) => void,
  refused: () => void = () => {},
): () => void {
  let source: EventSource;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = after;
  let opened = false;
  const open = () => {
    const resumed = new URL(address);
    resumed.searchParams.set('stream', id);
    resumed.searchParams.set('after', last);
    source = new EventSource(resumed);
    source.addEventListener('open', () => {
      opened = true;
    });
    source.addEventListener('change', (event) => {
      last = event.lastEventId;
      happened({ id: last, change: JSON.parse(event.data) });
    });
    source.addEventListener('error', () => {
      // It resumes by itself, unless the answer was something else than an event stream.
      if (source.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(open, retry);
      if (!opened) refused();
    });
  };
  open();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
