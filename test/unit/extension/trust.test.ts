import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const { capabilities, contributes } = JSON.parse(readFileSync('package.json', 'utf8'));
const settings: Record<string, { readonly scope?: string }> = Object.assign(
  {},
  ...contributes.configuration.map(({ properties }: { readonly properties: object }) => properties),
);
const { supported, restrictedConfigurations } = capabilities.untrustedWorkspaces;

/** What a folder may say of itself before anybody trusts it: none of it reaches files, programs or machines. */
const harmless = [
  /^spark\.(?:capture|limits|reload)\./,
  /^spark\.files\.(?!spaFallback$)/,
  /^spark\.(?:model|workers|backlog|sockets|trace|takenPortNotice|startPage|preview\.openIn)$/,
];

test('a folder that is not trusted opens no door: each setting waits for trust, is the machine’s, or is harmless', () => {
  assert.equal(supported, 'limited');
  const open = Object.entries(settings)
    .filter(([name, { scope }]) => scope !== 'machine' && !restrictedConfigurations.includes(name))
    .map(([name]) => name);
  assert.deepEqual(
    open.filter((name) => !harmless.some((pattern) => pattern.test(name))),
    [],
  );
  // A pattern that lets through what is restricted would hide that it is so no longer.
  assert.deepEqual(
    restrictedConfigurations.filter((name: string) => harmless.some((pattern) => pattern.test(name))),
    [],
  );
});

test('what is restricted are settings that there are, those of address, files, certificates and other servers among them', () => {
  assert.deepEqual(
    restrictedConfigurations.filter((name: string) => !(name in settings)),
    [],
  );
  for (const name of [
    'host',
    'port',
    'root',
    'mounts',
    'proxy',
    'https.enabled',
    'https.cert',
    'headers',
    'cors',
    'allowedHosts',
  ])
    assert.ok(restrictedConfigurations.includes(`spark.${name}`), name);
});

test('a folder cannot name a program that is started, trusted or not', () => {
  assert.equal(settings['spark.browser'].scope, 'machine');
  assert.equal(settings['spark.host'].scope, 'machine');
});
