/** The shared worker that holds one event stream for all pages of a browser. Bundled on its own. */
import { connect, type StreamEvent } from './stream.ts';

/** A page's first message: a name for the stream, in case it is the first page, and the last event that it reflects. */
export interface Greeting {
  readonly stream: string;
  readonly after: string;
}

/** Events kept for pages that connect after them, but were served before. */
const kept = 200;

const ports = new Set<MessagePort>();
const events: StreamEvent[] = [];
let stream: string | null = null;
/** Id of the event before the first of `events`. */
let beginning = '';

declare const self: { addEventListener(type: 'connect', listener: (event: MessageEvent) => void): void };

self.addEventListener('connect', ({ ports: [port] }) => {
  ports.add(port);
  port.onmessage = ({ data }: MessageEvent<Greeting>) => {
    if (stream === null) begin(data);
    port.postMessage({ stream });
    for (const { change } of since(data.after)) port.postMessage(change);
  };
});

function begin(greeting: Greeting): void {
  stream = greeting.stream;
  beginning = greeting.after;
  connect(new URL('events', location.href), stream, beginning, (event) => {
    events.push(event);
    if (events.length > kept) beginning = events.shift()?.id ?? beginning;
    for (const each of ports) each.postMessage(event.change);
  });
}

function since(after: string): readonly StreamEvent[] {
  const position = events.findIndex(({ id }) => id === after);
  return position < 0 && after !== beginning ? [] : events.slice(position + 1);
}
