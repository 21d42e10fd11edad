import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Response } from '../../../src/http/message.ts';
import { type RuleId, rules } from '../../../src/http/rules.ts';
import type { EchoMode } from '../../../src/protocol/server.ts';
import { SiteHandler } from '../../../src/server/handler.ts';
import { defaultSettings } from '../../../src/settings/serverOptions.ts';
import { Site } from '../../../src/site/site.ts';
import { request } from '../site/request.ts';

const root = mkdtempSync(join(tmpdir(), 'spark-handler-'));
writeFileSync(join(root, 'index.html'), 'home');
after(() => rmSync(root, { recursive: true, force: true }));

const log: string[] = [];

function handler(
  allowHosts: readonly string[] = [],
  echo: EchoMode = 'off',
  cors: readonly string[] = [],
): SiteHandler {
  const settings = { ...defaultSettings(root).site, cors };
  const site = new Site(root, settings, (message) => log.push(message));
  return new SiteHandler({ site, echo, allowHosts, log: (message) => log.push(message) });
}

function text(response: Response | null): string {
  return (response?.body ?? [])
    .map((part) => (part instanceof Uint8Array ? Buffer.from(part).toString() : ''))
    .join('');
}

const hosts: [host: string, allowHosts: string[], allowed: boolean][] = [
  ['localhost', [], true],
  ['a.b.localhost', [], true],
  ['127.0.0.1', [], true],
  ['127.255.1.2', [], true],
  ['[::1]', [], true],
  ['example.com', [], false],
  ['localhost.example.com', [], false],
  ['notlocalhost', [], false],
  ['127.0.0.1.example.com', [], false],
  ['127.0.0.256', [], false],
  ['127.1', [], false],
  ['0.0.0.0', [], false],
  ['192.168.1.5', [], false],
  ['[::]', [], false],
  ['example.com', ['example.com'], true],
  ['example.com', ['EXAMPLE.com:8080'], true],
  ['sub.example.com', ['example.com'], false],
  ['[fd00::1]', ['[fd00::1]:80'], true],
  ['[fd00::1]', ['fd00::1'], true],
  ['anything.at.all', ['*'], true],
  ['192.168.1.5', ['0.0.0.0'], true],
  ['192.168.1.5.', ['::'], true],
  ['[fd00::1]', ['::'], true],
  ['[fd00::1]', ['0.0.0.0'], true],
  ['192.168.1.256', ['0.0.0.0'], false],
  ['192.168.1.5.example.com', ['0.0.0.0'], false],
  ['example.com', ['0.0.0.0'], false],
  ['localhost.', [], true],
  ['127.0.0.1.', [], true],
  ['localhost..', [], false],
  ['.', [], false],
  ['example.com.', [], false],
  ['example.com.', ['example.com'], true],
  ['example.com', ['example.com.:80'], true],
];

for (const [host, allowHosts, allowed] of hosts) {
  test(`Host ${host} with ${JSON.stringify(allowHosts)}: ${allowed ? 'allowed' : 'refused'}`, () => {
    const refusal = handler(allowHosts).admit(request('/', {}, 'GET', host));
    assert.equal(refusal === null, allowed);
    if (refusal !== null) {
      assert.equal(refusal.status, 403);
      assert.ok(text(refusal).includes(`--allow-host ${host}`));
      assert.ok(text(refusal).includes('spark.allowedHosts'));
    }
  });
}

test('HTTP/1.0 without Host is allowed', () => {
  assert.equal(handler().admit(request('/', {}, 'GET', '', 0)), null);
  assert.equal(handler().admit(request('/', {}, 'GET', 'example.com', 0))?.status, 403);
});

test('Hosts can be allowed later', () => {
  const late = handler(['first.example']);
  assert.notEqual(late.admit(request('/', {}, 'GET', 'late.example')), null);
  late.allowHosts(['late.example:443']);
  assert.equal(late.admit(request('/', {}, 'GET', 'late.example')), null);
  assert.equal(late.admit(request('/', {}, 'GET', 'first.example')), null);
});

test('A refused host is logged once, and clients cannot fill the log with names', () => {
  const refusing = handler();
  log.length = 0;
  refusing.admit(request('/', {}, 'GET', 'x.example'));
  refusing.admit(request('/', {}, 'GET', 'x.example'));
  assert.equal(log.length, 1);
  for (let i = 0; i < 100; i++) refusing.admit(request('/', {}, 'GET', `x${i}.example`));
  assert.ok(log.length <= 20);
});

test('A host is checked before it gets an echo', () => {
  assert.equal(handler([], 'all').admit(request('/', {}, 'POST', 'example.com'))?.status, 403);
});

const message = new TextEncoder().encode('POST / HTTP/1.1\r\nHost: localhost\r\n\r\n');
const echoes: [echo: EchoMode, method: string, result: 'file' | 'echo' | 405][] = [
  ['off', 'GET', 'file'],
  ['off', 'POST', 405],
  ['unhandled', 'GET', 'file'],
  ['unhandled', 'POST', 'echo'],
  ['unhandled', 'BREW', 'echo'],
  ['all', 'GET', 'echo'],
  ['all', 'POST', 'echo'],
  ['unhandled', 'TRACE', 405],
  ['all', 'TRACE', 405],
  ['all', 'CONNECT', 405],
];

for (const [echo, method, result] of echoes) {
  test(`echo ${echo}, ${method}: ${result}`, () => {
    const echoing = handler([], echo);
    const asked = request('/', {}, method);
    const wanted = echoing.wantsMessage(asked);
    assert.equal(wanted, result === 'echo');
    const response = echoing.admit(asked) ?? echoing.respond(asked, wanted ? message : null);
    assert.equal(response.status, result === 405 ? 405 : 200);
    if (result === 'file') assert.equal(text(response), 'home');
    if (result === 'echo') {
      assert.deepEqual(response.body, [message]);
      assert.deepEqual(response.fields[0], ['Content-Type', 'message/http']);
    }
  });
}

test('Every rule of requests has a page that names it, its status and the offset', () => {
  for (const [id, rule] of Object.entries(rules) as [RuleId, (typeof rules)[RuleId]][]) {
    if (rule.message !== 'request') continue;
    const response = handler().refuse({ rule: id, offset: 4711 });
    assert.equal(response.status, rule.status, id);
    assert.ok(text(response).includes('4711'), id);
    assert.ok(text(response).includes(`RFC ${rule.rfc} section ${rule.section}`), id);
  }
});

test('an origin that may read answers may have its requests echoed, any other may not', () => {
  const [friend, stranger] = ['https://friend.test', 'https://stranger.test'];
  const message = Buffer.from('POST / HTTP/1.1');
  const of = (origin: string, method = 'POST') =>
    request('/', { origin, 'sec-fetch-site': 'cross-site' }, method);
  const one = handler([], 'unhandled', [friend]);
  assert.equal(one.admit(of(friend)), null);
  assert.equal(one.admit(of(stranger))?.status, 403);
  assert.equal(one.admit(request('/', { 'sec-fetch-site': 'cross-site' }, 'POST'))?.status, 403);
  const fields = new Map(one.respond(of(friend), message).fields);
  assert.equal(fields.get('Access-Control-Allow-Origin'), friend);
  assert.equal(fields.get('Vary'), 'Origin');
  assert.equal(handler([], 'all', ['*']).admit(of(stranger, 'PUT')), null);
  assert.equal(handler([], 'unhandled').admit(of(friend))?.status, 403);
});

for (const [echo, methods] of [
  ['off', 'GET, HEAD, OPTIONS'],
  ['unhandled', 'GET, HEAD, OPTIONS, PUT'],
] as const)
  test(`with echo ${echo}, a preflight is told that it may use ${methods}`, () => {
    const asked = { origin: 'https://friend.test', 'access-control-request-method': 'PUT' };
    const answer = handler([], echo, ['https://friend.test']).respond(request('/', asked, 'OPTIONS'), null);
    assert.equal(new Map(answer.fields).get('Access-Control-Allow-Methods'), methods);
  });
