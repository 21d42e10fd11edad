/** curl as a client, where it is installed: what others make of the same rules. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { inThisProcess, page, Servers } from './startedServer.ts';

const installed = spawnSync('curl', ['--version']).status === 0;

async function curl(...args: readonly string[]): Promise<{ code: number; output: string }> {
  const child = spawn('curl', ['--silent', '--show-error', '--max-time', '30', ...args], { stdio: 'pipe' });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('latin1').on('data', (text: string) => {
      output += text;
    });
  }
  const [code] = await once(child, 'close');
  return { code, output };
}

describe('curl', { skip: !installed && 'curl is not installed' }, () => {
  const servers = new Servers(inThisProcess('event loop', true, (defaults) => defaults));
  after(() => servers.stopAll());

  test('reads pages, one after the other, on one connection', async () => {
    const { port } = await servers.start();
    const url = `http://127.0.0.1:${port}/`;
    const connects = ['--write-out', '|%{http_code} %{num_connects}|'];
    const { code, output } = await curl(
      ...connects,
      url,
      url,
      `${url}missing`,
      '-o',
      '-',
      '-o',
      '-',
      '-o',
      '/dev/null',
    );
    assert.equal(code, 0, output);
    assert.equal(output, `${page}|200 1|${page}|200 0||404 0|`);
  });

  test('gets a range, HEAD, HTTP/1.0, and the answer to an upload that was refused', async () => {
    const { port } = await servers.start();
    const url = `http://127.0.0.1:${port}`;
    assert.equal((await curl('--range', '4-7', `${url}/large.txt`)).output, 'efgh');
    assert.match((await curl('--head', `${url}/large.txt`)).output, /\r\nContent-Length: 4194304\r\n/);
    assert.equal((await curl('--http1.0', url)).output, page);
    const upload = path.join(servers.root, 'upload');
    writeFileSync(upload, Buffer.alloc(3 * 1024 * 1024));
    const refused = await curl(
      '--write-out',
      '%{http_code}',
      '-o',
      '/dev/null',
      '--upload-file',
      upload,
      `${url}/x`,
    );
    assert.deepEqual(refused, { code: 0, output: '405' });
  });

  test('waits for 100 Continue, and gets its own bytes back from an echo', async () => {
    const { port } = await servers.start({ echo: 'unhandled' });
    const { code, output } = await curl(
      ...['--verbose', '--header', 'Expect: 100-continue', '--header', 'Transfer-Encoding: chunked'],
      ...['--expect100-timeout', '30', '--data', 'hello', `http://127.0.0.1:${port}/`],
    );
    assert.equal(code, 0, output);
    assert.match(output, /< HTTP\/1\.1 100 Continue/);
    assert.match(output, /5\r\nhello\r\n0\r\n\r\n/);
  });
});
