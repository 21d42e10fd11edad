import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { curlCommand } from '../../../src/capture/exportCurl.ts';
import { httpFile } from '../../../src/capture/exportHttpFile.ts';
import { rules } from '../../../src/http/rules.ts';
import { bytesOf, detailsOf } from './exchanges.ts';

const has = (program: string) => spawnSync(program, ['-h']).error === undefined;
const missing = ['curl', 'nc', 'sh'].filter((program) => !has(program));
const skip = missing.length > 0 ? `Not installed: ${missing.join(', ')}.` : false;

const fields = 'Host: localhost:1\r\n';
const exact: readonly string[] = [
  `GET / HTTP/1.1\r\n${fields}\r\n`,
  `GET /a/../b?x={1,2}&y=[3-4]&z=|^ HTTP/1.1\r\n${fields}aCCept: x\r\nX-Empty:\r\nX-Two:1\r\nX-Two:  2\r\nUser-Agent: it's "me" $HOME \`id\`\r\n\r\n`,
  `GET /old HTTP/1.0\r\n${fields}\r\n`,
  `HEAD /h HTTP/1.1\r\n${fields}\r\n`,
  `OPTIONS * HTTP/1.1\r\n${fields}\r\n`,
  `DELETE /x HTTP/1.1\r\n${fields}Cookie: a=b\r\nAuthorization: Basic Zm9v\r\n\r\n`,
  `POST /p HTTP/1.1\r\n${fields}Content-Length: 9\r\n\r\n@it's\n$1 `,
  `POST /p HTTP/1.1\r\n${fields}Content-Type: a/b\r\nContent-Length: 5\r\n\r\n\0\xff%\\\n`,
  `GET /body HTTP/1.1\r\n${fields}Content-Length: 2\r\n\r\nhi`,
  `PUT /p HTTP/1.1\r\n${fields}Expect: 100-continue\r\nContent-Length: 2\r\n\r\nhi`,
];
/** Well-formed, but not as curl writes it; and malformed. */
const printed: readonly string[] = [
  `GET / HTTP/1.1\r\nAccept: x\r\n${fields}\r\n`,
  'GET / HTTP/1.1\r\nHOST: a\r\n\r\n',
  `POST / HTTP/1.1\r\n${fields}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n`,
  `GET / HTTP/1.1\r\n${fields}X: \xe9\r\n\r\n`,
  ...Object.values(rules).flatMap(({ message, example }) =>
    message === 'request' && example !== null ? [example] : [],
  ),
];

test('a command takes no more from the wire than its bytes', () => {
  const request = "GET /$(id)`id`';id;' HTTP/1.1\r\nHost: a\r\n\r\n";
  const [detail] = detailsOf([{ request, response: '' }]);
  const { stdout } = spawnSync('sh', ['-c', `curl() { printf '%s\\n' "$@"; }; ${curlCommand(detail)}`], {
    encoding: 'utf8',
  });
  assert.ok(stdout.includes("/$(id)`id`';id;'"));
  assert.ok(!stdout.includes('uid='));
});

test('what printf writes is the request, byte for byte, whatever stands in it', () => {
  const all = Array.from({ length: 256 }, (_, octet) => String.fromCharCode(octet)).join('');
  for (const request of [
    ...printed,
    `-e %s\\c HTTP/1.1\r\n${fields}\r\n`,
    `--\r\n\r\n`,
    all,
    all.repeat(2),
  ]) {
    const [detail] = detailsOf([{ request, response: '' }]);
    const command = curlCommand(detail);
    assert.match(command, /^printf /, request);
    const { stdout } = spawnSync('sh', ['-c', `nc() { cat; }; ${command}`], { encoding: 'latin1' });
    assert.equal(stdout, request);
  }
});

test('a .http file has what the format can hold, and says what it cannot', () => {
  const request = `POST /p?q HTTP/1.1\r\n${fields}X-Name: v\r\nContent-Length: 2\r\n\r\nhi`;
  const details = [request, `GET / HTTP/1.1\r\nHost : a\r\n\r\n`].flatMap((one) =>
    detailsOf([{ request: one, response: '' }]),
  );
  const file = [...httpFile(details)].join('');
  assert.match(
    file,
    /^POST http:\/\/127\.0\.0\.1:5500\/p\?q HTTP\/1\.1\nHost: localhost:1\nX-Name: v\n\nhi\n$/m,
  );
  assert.match(
    file,
    /^### 1: .*breaks \S+\n# This format cannot hold the request\. In a shell:\n# printf 'GET.* \| nc 127/m,
  );
  assert.doesNotMatch(file, /^Content-Length/m);
});

test('a .http file holds nothing that those who send it would run or change', () => {
  for (const request of [
    `GET /{{require('fs')}} HTTP/1.1\r\n${fields}\r\n`,
    `GET / HTTP/1.1\r\n${fields}X: {{$processEnv PATH}}\r\n\r\n`,
    `GET / HTTP/1.1\r\n${fields}X: \xe2\x80\xae\r\n\r\n`,
    `GET / HTTP/1.1\r\n${fields}#X: y\r\n\r\n`,
    `### / HTTP/1.1\r\n${fields}\r\n`,
  ]) {
    const file = [...httpFile(detailsOf([{ request, response: '' }]))].join('');
    const lines = file.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    assert.deepEqual(lines, [], request);
  }
});

describe('the commands, run', { skip }, () => {
  let server: Server;
  let port = 0;
  let expected = 0;
  let arrived: (bytes: Buffer) => void = () => {};

  before(async () => {
    server = createServer((socket) => {
      let bytes = Buffer.alloc(0);
      socket.on('error', () => {});
      socket.on('data', (chunk) => {
        bytes = Buffer.concat([bytes, chunk]);
        if (bytes.length < expected) return;
        socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
      });
      socket.on('close', () => arrived(bytes));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });
  after(() => server.close());

  async function sent(request: string): Promise<{ command: string; bytes: string }> {
    const [detail] = detailsOf([{ request, response: '' }], port);
    const command = curlCommand(detail);
    expected = bytesOf(request).length;
    const got = new Promise<Buffer>((resolve) => {
      arrived = resolve;
    });
    const child = spawn('sh', ['-c', command], {
      stdio: 'ignore',
      env: { ...process.env, no_proxy: '*', CURL_HOME: '/nonexistent' },
    });
    try {
      return { command, bytes: (await got).toString('latin1') };
    } finally {
      child.kill();
    }
  }

  test('curl sends the very bytes, where it can', async () => {
    for (const request of exact) {
      const { command, bytes } = await sent(request);
      assert.match(command, /(^|\| )curl /, request);
      assert.equal(bytes, request, command);
    }
  });

  test('printf and nc send the very bytes of the others', async () => {
    for (const request of printed) {
      const { command, bytes } = await sent(request);
      assert.match(command, /^printf .* \| nc /s, request);
      assert.equal(bytes, request, command);
    }
  });
});
