import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesOf } from '../../../src/http/bytes.ts';
import { ParsedRequest } from '../../../src/http/request.ts';
import { AllowedHosts } from '../../../src/server/allowedHosts.ts';
import { changesState, comesFromElsewhere } from '../../../src/server/requestOrigin.ts';
import { parsed } from '../http/parsing.ts';

const own = 'Host: localhost:5500';
const cases: readonly (readonly [
  name: string,
  target: string,
  fields: readonly string[],
  elsewhere: boolean,
])[] = [
  ['no browser', '/', [own], false],
  ['its own page', '/', [own, 'Origin: http://localhost:5500'], false],
  ['its own page, in capitals', '/', [own, 'Origin: HTTP://LOCALHOST:5500'], false],
  ['another port of this machine', '/', [own, 'Origin: http://localhost:3000'], true],
  ['another name of this machine', '/', [own, 'Origin: http://127.0.0.1:5500'], true],
  ['another program of this machine', '/', ['Host: 127.0.0.1:5500', 'Origin: http://127.0.0.1:3000'], true],
  ['another program of this machine, by IPv6', '/', ['Host: [::1]:5500', 'Origin: http://[::1]:3000'], true],
  ['another program of this machine, by the address of all', '/', [own, 'Origin: http://0.0.0.0:3000'], true],
  ['another program of this machine, by its address', '/', [own, 'Origin: http://10.0.0.7:3000'], true],
  ['another site', '/', [own, 'Origin: http://evil.test'], true],
  ['a sandboxed frame', '/', [own, 'Origin: null'], true],
  ['an empty origin', '/', [own, 'Origin:'], true],
  ['a list of origins', '/', [own, 'Origin: http://localhost:5500 http://evil.test'], true],
  ['two origins', '/', [own, 'Origin: http://localhost:5500', 'Origin: http://evil.test'], true],
  ['a user name that looks like it', '/', [own, 'Origin: http://localhost:5500@evil.test'], true],
  ['an allowed name', '/', [own, 'Origin: https://code.test'], false],
  ['an allowed name with a port', '/', [own, 'Origin: https://code.test:8443'], false],
  ['below an allowed name', '/', [own, 'Origin: https://evil.code.test'], true],
  [
    'the same origin, says the browser',
    '/',
    [own, 'Origin: http://localhost:5500', 'Sec-Fetch-Site: same-origin'],
    false,
  ],
  ['the address bar', '/', [own, 'Sec-Fetch-Site: none'], false],
  ['another site, without Origin', '/', [own, 'Sec-Fetch-Site: cross-site'], true],
  ['another port, without Origin', '/', [own, 'Sec-Fetch-Site: same-site'], true],
  ['the host of the target', 'http://localhost:80/', ['Host: evil.test', 'Origin: http://evil.test'], true],
  [
    'the page of the target',
    'http://localhost:80/',
    ['Host: evil.test', 'Origin: http://localhost:80'],
    false,
  ],
];

for (const [name, target, fields, elsewhere] of cases) {
  test(`Origin: ${name} is ${elsewhere ? '' : 'not '}elsewhere`, () => {
    const text = `POST ${target} HTTP/1.1\r\n${fields.map((line) => `${line}\r\n`).join('')}\r\n`;
    const { head, violation } = parsed('request', [bytesOf(text)]);
    assert.equal(violation, null);
    const request = new ParsedRequest(head);
    assert.equal(
      comesFromElsewhere(
        request,
        new AllowedHosts(['code.test', '*', '127.0.0.1', 'localhost', '::1', '0.0.0.0']),
      ),
      elsewhere,
    );
  });
}

test('an origin of nothing but colons takes no time', () => {
  const origin = `http://${':'.repeat(60_000)}x`;
  const { head } = parsed('request', [bytesOf(`POST / HTTP/1.1\r\n${own}\r\nOrigin: ${origin}\r\n\r\n`)]);
  const request = new ParsedRequest(head);
  const startedAt = performance.now();
  assert.equal(comesFromElsewhere(request, new AllowedHosts([])), true);
  const took = performance.now() - startedAt;
  assert.ok(took < 500, `${took} ms`);
});

test('only safe methods ask for no change', () => {
  for (const method of ['GET', 'HEAD', 'OPTIONS', 'TRACE']) assert.equal(changesState(method), false);
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'get', 'BREW'])
    assert.equal(changesState(method), true);
});
