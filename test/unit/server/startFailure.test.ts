import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServerSettings, StartFailure } from '../../../src/protocol/server.ts';
import { checkModelNeeds, ModelNeedError } from '../../../src/server/modelNeeds.ts';
import { startFailureOf } from '../../../src/server/startFailure.ts';
import { defaultSettings } from '../../../src/settings/serverOptions.ts';
import { SystemCallError } from '../../../src/sockets/systemCallError.ts';

const settings: ServerSettings = { ...defaultSettings('/site'), host: 'here', port: 5500, furtherPorts: 99 };

function failed(code: string, changes: Partial<ServerSettings> = {}): StartFailure {
  return startFailureOf(new SystemCallError('bind', code, 1, 'here'), { ...settings, ...changes });
}

test('a call that failed says by its errno what is wrong', () => {
  assert.deepEqual(failed('EADDRINUSE'), { kind: 'portsTaken', first: 5500, last: 5599 });
  assert.deepEqual(failed('EADDRINUSE', { port: 65_500 }), {
    kind: 'portsTaken',
    first: 65_500,
    last: 65_535,
  });
  assert.deepEqual(failed('EACCES', { port: 80 }), { kind: 'notPermitted', host: 'here', port: 80 });
  assert.deepEqual(failed('EADDRNOTAVAIL'), { kind: 'addressNotAvailable', host: 'here' });
  assert.deepEqual(failed('ENOTFOUND'), { kind: 'hostUnknown', host: 'here' });
  for (const code of ['EMFILE', '']) assert.deepEqual(failed(code), { kind: 'other' });
});

test('settings that do not go together are named', () => {
  const needs = (changes: Partial<ServerSettings>): StartFailure => {
    try {
      checkModelNeeds({ ...settings, ...changes });
    } catch (error) {
      assert.ok(error instanceof ModelNeedError);
      return startFailureOf(error, settings);
    }
    return assert.fail('they do');
  };
  const https = { ...settings.https, enabled: true };
  const threads = { ...settings.model, name: 'threads' } as const;
  const routes = [{ prefix: '/api', target: 'http://127.0.0.1:1' }];
  assert.deepEqual(needs({ https, model: threads }), {
    kind: 'needsEventLoop',
    setting: 'spark.https.enabled',
    model: 'threads',
  });
  assert.deepEqual(needs({ proxy: { ...settings.proxy, routes }, model: threads }), {
    kind: 'needsEventLoop',
    setting: 'spark.proxy',
    model: 'threads',
  });
  assert.deepEqual(needs({ https, sockets: { ...settings.sockets, layer: 'systemCalls' } }), {
    kind: 'needsLibuv',
  });
});

test('whatever else was thrown is not told apart', () => {
  for (const error of [new Error('it broke'), 'it broke', null])
    assert.deepEqual(startFailureOf(error, settings), { kind: 'other' });
});
