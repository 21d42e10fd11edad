import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import manifest from '../../../package.json' with { type: 'json' };
import { watchOptions } from '../../../src/extension/pathPatterns.ts';
import { previewOptions, windowOptions } from '../../../src/extension/settings.ts';
import { type Option, optionsOf, readSetting } from '../../../src/settings/option.ts';
import { serverOptions } from '../../../src/settings/serverOptions.ts';

const { port, host } = serverOptions;

interface Declared {
  readonly default: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
}

const declared: Readonly<Record<string, Declared>> = Object.assign(
  {},
  ...manifest.contributes.configuration.map(({ properties }) => properties),
);

describe('settings', () => {
  test('of the right type are taken', () => {
    assert.deepEqual(readSetting(port, 8080), { value: 8080, problem: null });
    assert.deepEqual(readSetting(host, ' ::1 '), { value: '::1', problem: null });
    assert.deepEqual(readSetting(serverOptions.capture.bodyBytes, 2), { value: 2048, problem: null });
  });

  test('of a wrong type give the default, and a message that names setting, value and default', () => {
    for (const value of ['5500', 80.5, -1, 70_000, null, undefined, {}]) {
      const { value: used, problem } = readSetting(port, value);
      assert.equal(used, 5500);
      for (const part of ['spark.port', JSON.stringify(value) ?? 'undefined', '5500']) {
        assert.ok(problem?.includes(part), `${problem} names ${part}`);
      }
    }
    assert.match(readSetting(host, 7).problem ?? '', /spark\.host is 7\. .* 127\.0\.0\.1/);
    assert.match(readSetting(serverOptions.capture.bodyBytes, -1).problem ?? '', /default, 1024\./);
  });

  test('are not told of with what is secret in them', () => {
    const { problem } = readSetting(serverOptions.https.passphrase, 12345);
    assert.match(problem ?? '', /spark\.https\.passphrase is \*\*\*\. /);
    const proxy = readSetting(serverOptions.proxy.routes, { '/api': 'http://me:hidden@host' }).problem;
    assert.match(proxy ?? '', /"http:\/\/\*\*\*@host"/);
  });

  test('say what they have to be', () => {
    const problem = (option: Option<unknown>, json: unknown) => readSetting(option, json).problem;
    assert.equal(
      problem(port, 'x'),
      'The setting spark.port is "x". It has to be a whole number from 0 to 65535. Until it is corrected, Spark uses the default, 5500.',
    );
    assert.match(problem(previewOptions.reloadOn, 'always') ?? '', /has to be typing, save or never\./);
    assert.match(problem(serverOptions.site.mounts, []) ?? '', /has to be an object of path prefixes/);
    assert.match(
      problem(serverOptions.proxy.routes, { '/api': 'localhost:3000' }) ?? '',
      /has to be path pref/,
    );
  });

  const options = [
    ...optionsOf(serverOptions),
    ...optionsOf(windowOptions),
    ...optionsOf(previewOptions),
    ...optionsOf(watchOptions),
  ].map(({ option }) => option);
  const settable = options.filter((option) => option.setting !== null);

  for (const option of settable) {
    test(`spark.${option.setting}: the manifest declares the same default and bounds`, () => {
      const { default: byDefault, minimum, maximum } = declaration(option);
      assert.deepEqual(readSetting(option, byDefault), { value: option.default, problem: null });
      if (minimum === undefined || maximum === undefined) return;
      assert.equal(readSetting(option, minimum).problem, null);
      assert.equal(readSetting(option, maximum).problem, null);
      assert.notEqual(readSetting(option, minimum - 1).problem, null);
      assert.notEqual(readSetting(option, maximum + 1).problem, null);
    });
  }

  test('all stand in the manifest, and all of the manifest are read', () => {
    assert.deepEqual(settable.map(({ setting }) => `spark.${setting}`).sort(), Object.keys(declared).sort());
  });
});

function declaration({ setting }: Option<unknown>): Declared {
  const found = declared[`spark.${setting}`];
  assert.ok(found !== undefined, `package.json declares spark.${setting}`);
  return found;
}
