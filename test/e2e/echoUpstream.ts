import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after } from 'node:test';
import { WebSocketServer } from 'ws';

/** A server to forward to: it answers with what was asked, and echoes over WebSockets at `/api/echo`. Ends with the tests. */
export async function startEchoUpstream(): Promise<string> {
  const api = createServer((request, response) => {
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ asked: request.url }));
  });
  new WebSocketServer({ server: api, path: '/api/echo' }).on('connection', (socket) => {
    socket.on('message', (data) => socket.send(`echo of ${data}`));
  });
  await once(api.listen(0, '127.0.0.1'), 'listening');
  after(() => {
    api.closeAllConnections();
    api.close();
  });
  return `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
}
