import assert from 'node:assert/strict';
import { test } from 'node:test';
import { liveReloadPath } from '../../../src/http/liveReload.ts';
import { loggedTarget } from '../../../src/server/loggedTarget.ts';

test('a logged target holds nothing that opens something', () => {
  for (const [target, logged] of [
    ['/index.html?page=2&sort=size', '/index.html?page=2&sort=size'],
    ['/cb?code=abc&state=1', '/cb?code=***&state=1'],
    ['/a?access_token=abc&b=c', '/a?access_token=***&b=c'],
    ['/a?X-Amz-Signature=abc;Password=d', '/a?X-Amz-Signature=***;Password=***'],
    ['/a?apiKey=x&api_key=y&key=z&keyboard=de', '/a?apiKey=***&api_key=***&key=***&keyboard=de'],
    ['/a?token=', '/a?token=***'],
    ['/a?token', '/a?token'],
    ['http://me:secret@host/a', 'http://***@host/a'],
    [`${liveReloadPath}f00d/events?stream=a`, `${liveReloadPath}***/events?stream=a`],
    [`/site${liveReloadPath}f00d/live.js`, `/site${liveReloadPath}***/live.js`],
    ['*', '*'],
    ['', ''],
  ]) {
    assert.equal(loggedTarget(target), logged);
  }
});

test('a query of nothing but question marks takes no time', () => {
  const target = `/${'?'.repeat(60_000)}`;
  const startedAt = performance.now();
  assert.equal(loggedTarget(target), target);
  const took = performance.now() - startedAt;
  assert.ok(took < 500, `${took} ms`);
});
