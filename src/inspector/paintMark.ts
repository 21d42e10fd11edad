/**
 * Notes in the page's time line, where the browser's tools show it, when what is drawn now is painted. To be called in the
 * frame in which it is drawn: a task after that follows its paint.
 */
export function markPainted(name: string): void {
  const channel = new MessageChannel();
  channel.port1.onmessage = () => {
    performance.mark(name);
    channel.port1.close();
  };
  channel.port2.postMessage(null);
}
