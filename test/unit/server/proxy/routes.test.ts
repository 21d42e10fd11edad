import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { forwardedLocation, forwardedTarget, Routes } from '../../../../src/server/proxy/routes.ts';
import { serverOptions } from '../../../../src/settings/serverOptions.ts';
import { request } from '../../site/request.ts';

function routes(...texts: string[]): Routes {
  const reading = serverOptions.proxy.routes.kind.fromTexts(texts);
  assert.ok('value' in reading, `${texts} can be read`);
  return new Routes(reading.value);
}

const api = 'http://127.0.0.1:3000';

/** Route, target of the request, target as forwarded; null: not forwarded. */
const targets: [route: string, target: string, forwarded: string | null][] = [
  [`/api=${api}`, '/api', '/api'],
  [`/api=${api}`, '/api/users?a=/../b', '/api/users?a=/../b'],
  [`/api/=${api}`, '/api/users', '/api/users'],
  [`/api=${api}`, '/apis', null],
  [`/api=${api}`, '/API', null],
  [`/api=${api}`, '/', null],
  [`/api=${api}/`, '/api', '/'],
  [`/api=${api}/`, '/api/users', '/users'],
  [`/api=${api}/v1`, '/api', '/v1'],
  [`/api=${api}/v1`, '/api?x', '/v1?x'],
  [`/api=${api}/v1`, '/api/a%2Fb', '/v1/a%2Fb'],
  [`/=${api}`, '/any/thing', '/any/thing'],
  [`/=${api}/v1`, '/any', '/v1/any'],
  [`/ü=${api}`, '/%C3%BC/x', '/%C3%BC/x'],
  [`/api=${api}`, '*', null],
];

describe('the target of a forwarded request', () => {
  for (const [route, target, forwarded] of targets) {
    test(`${route}: ${target}`, () => {
      const asked = request(target);
      const upstream = routes(route).find(asked);
      assert.equal(upstream === null ? null : forwardedTarget(upstream, asked), forwarded);
    });
  }

  for (const target of [
    '/api/..',
    '/api/../x',
    '/api/%2e%2E/x',
    '/api/.%2e%2fx',
    '/api/..%5Cx',
    '/api/..\\x',
    '/api/./x',
  ]) {
    test(`${target} leads out, and is not forwarded`, () => {
      const upstream = routes(`/api=${api}`).find(request(target));
      assert.ok(upstream);
      assert.equal(forwardedTarget(upstream, request(target)), null);
    });
  }

  test('the longest prefix counts', () => {
    const both = routes(`/a=${api}`, '/a/b=http://localhost:4000');
    assert.equal(both.find(request('/a/b/c'))?.port, 4000);
    assert.equal(both.find(request('/a/bc'))?.port, 3000);
  });

  test('an OPTIONS that may not be forwarded any more is for this server', () => {
    const options = (value: string) =>
      routes(`/=${api}`).find(request('/', { 'max-forwards': value }, 'OPTIONS'));
    assert.equal(options('0'), null);
    assert.notEqual(options('1'), null);
    assert.notEqual(routes(`/=${api}`).find(request('/', { 'max-forwards': '0' })), null);
  });

  test('a tunnel and a trace are for nobody', () => {
    for (const method of ['CONNECT', 'TRACE'])
      assert.equal(routes(`/=${api}`).find(request('/', {}, method)), null);
  });
});

describe('Location of another server', () => {
  const cases: [route: string, value: string, here: string][] = [
    [`/api=${api}`, `${api}/api/users?x#y`, '/api/users?x#y'],
    [`/api=${api}`, api, '/'],
    [`/api=${api}`, '/api/users', '/api/users'],
    [`/api=${api}`, 'http://127.0.0.1:30001/', 'http://127.0.0.1:30001/'],
    [`/api=${api}`, 'https://example.com/', 'https://example.com/'],
    [`/api=${api}/v1`, `${api}/v1/users`, '/api/users'],
    [`/api=${api}/v1`, `${api}/v2/users`, `${api}/v2/users`],
    [`/api=${api}/`, `${api}/users`, '/api/users'],
  ];
  for (const [route, value, here] of cases) {
    test(`${route}: ${value}`, () => {
      const upstream = routes(route).find(request('/api'));
      assert.ok(upstream);
      assert.equal(forwardedLocation(upstream, value), here);
    });
  }
});

describe('the setting', () => {
  for (const text of [
    'api=http://a',
    '/api',
    '/api=',
    '/api=127.0.0.1:3000',
    '/api=ftp://a',
    '/api=http://u:p@a',
    '/api=http://a/?q',
    '/../x=http://a',
    '/a?b=http://a',
  ]) {
    test(`${text} is refused`, () => {
      assert.ok('wanted' in serverOptions.proxy.routes.kind.fromTexts([text]));
    });
  }

  test('is an object of prefixes in settings.json', () => {
    const reading = serverOptions.proxy.routes.kind.fromJson({ '/api/': 'http://LOCALHOST:3000' });
    assert.deepEqual(reading, { value: [{ prefix: '/api', target: 'http://localhost:3000' }] });
  });
});
