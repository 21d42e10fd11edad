import { once } from 'node:events';
import { connect } from 'node:net';

/** Sends bytes, one character each, over a connection of their own, and waits until the server has closed it. */
export async function sendRaw({ hostname, port }: URL, bytes: string | Uint8Array): Promise<void> {
  const socket = connect(Number(port), hostname);
  socket.resume();
  if (typeof bytes === 'string') socket.end(bytes, 'latin1');
  else socket.end(bytes);
  await once(socket, 'close');
}
