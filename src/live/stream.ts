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
 * itself resumes a stream that has ended; a server that was started anew says that everything has changed.
 */
export function connect(
  address: URL,
  id: string,
  after: string,
  happened: (event: StreamEvent) => void,
): () => void {
  let source: EventSource;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = after;
  const open = () => {
    const resumed = new URL(address);
    resumed.searchParams.set('stream', id);
    resumed.searchParams.set('after', last);
    source = new EventSource(resumed);
    source.addEventListener('change', (event) => {
      last = event.lastEventId;
      happened({ id: last, change: JSON.parse(event.data) });
    });
    source.addEventListener('error', () => {
      // It resumes by itself, unless the answer was something else than an event stream.
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(open, retry);
    });
  };
  open();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
