import type { Server } from 'node:net';

/** Listens on a free port and tells the benchmark which; ends with it. */
export function announce(server: Server): void {
  process.on('disconnect', () => process.exit(0));
  server.on('listening', () => {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('The server has no port.');
    process.send?.({ port: address.port });
  });
  if (!server.listening) server.listen(0, '127.0.0.1');
}
