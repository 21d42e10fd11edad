import type { LiveChange } from '../protocol/live.ts';

/** Milliseconds before another attempt at a server that has refused or cannot be reached. */
const retry = 2_000;

/** A change, with the id of its event. */
export interface StreamEvent {
  readonly id: string;
  readonly change: LiveChange;
}

/**
 * Follows the event stream at an address until the returned function is called. EventSource itself resumes a stream that
 * has ended; a server that was started anew reports that everything has changed.
 *
 * @param id names the stream, so that the server lets a new one of the same name supersede the old
 * @param after id of the last event that the page already reflects
 * @param refused is called at each attempt that fails before any has succeeded: a policy of the page forbids the stream,
 *   or there is no server
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
      // It resumes by itself, unless the answer was something other than an event stream.
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
