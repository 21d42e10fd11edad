/**
 * Other servers of static files for Node.js, each as its users run it. Arguments: the name, the folder to serve, the
 * folder where they are installed.
 */
import { createServer, type RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import type { Server } from 'node:net';
import path from 'node:path';
import { announce } from './announce.ts';

const [name, folder, installed] = process.argv.slice(2);
const requirePeer = createRequire(path.join(installed, 'package.json'));

function peer(): Server {
  switch (name) {
    case 'sirv':
      return createServer(requirePeer('sirv')(folder, { dev: true }) as RequestListener);
    case 'serve-handler': {
      const handler = requirePeer('serve-handler');
      return createServer((request, response) => handler(request, response, { public: folder }));
    }
    case 'http-server':
      return requirePeer('http-server').createServer({ root: folder }).server;
    case 'live-server':
      return requirePeer('live-server').start({
        root: folder,
        host: '127.0.0.1',
        port: 0,
        open: false,
        logLevel: 0,
      });
    default:
      throw new Error(`No peer is called ${name}.`);
  }
}

announce(peer());
