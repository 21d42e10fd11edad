import assert from 'node:assert/strict';
import { test } from 'node:test';
import manifest from '../../../package.json' with { type: 'json' };
import { serverOptions } from '../../../src/settings/serverOptions.ts';

const { kind } = serverOptions.allowHosts;
const settings: Readonly<Record<string, { readonly items?: { readonly pattern: string } }>> = Object.assign(
  {},
  ...manifest.contributes.configuration.map(({ properties }) => properties),
);
const pattern = new RegExp(settings['spark.allowedHosts'].items?.pattern ?? '');

const names = [
  '*',
  'dev.example.com',
  'Dev_1',
  'localhost:5500',
  '192.168.1.2',
  '[fd00::1]',
  '[fd00::1]:80',
  'fd00::1',
  '::1',
];
const others = [
  '',
  ' ',
  'https://dev.example.com',
  'dev.example.com/',
  '*.example.com',
  '.example.com',
  'one two',
  'a,b',
  'me@host',
  'host:port',
  '[fd00::1',
];

for (const name of names) {
  test(`${name} is a host that can be allowed, by the command line, settings.json and the settings editor`, () => {
    assert.deepEqual(kind.fromTexts([name]), { value: [name] });
    assert.deepEqual(kind.fromJson([` ${name} `]), { value: [name] });
    assert.match(name, pattern);
  });
}

for (const name of others) {
  test(`"${name}" is none`, () => {
    for (const reading of [kind.fromTexts([name]), kind.fromJson([name]), kind.fromJson(name)])
      assert.ok('wanted' in reading && /dev\.example\.com/.test(reading.wanted));
    assert.doesNotMatch(name.trim(), pattern);
  });
}
