import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, test } from 'node:test';
import manifest from '../../../package.json' with { type: 'json' };
import { isFromServer } from '../../../src/extension/serverMessageGuard.ts';
import { startFailureText } from '../../../src/extension/startFailureText.ts';
import { l10n } from '../../../src/l10n/l10n.ts';
import type { StartFailure } from '../../../src/protocol/server.ts';

const failures: StartFailure[] = [
  { kind: 'portsTaken', first: 5500, last: 5500 },
  { kind: 'portsTaken', first: 5500, last: 5599 },
  { kind: 'notPermitted', host: '0.0.0.0', port: 80 },
  { kind: 'addressNotAvailable', host: '192.0.2.1' },
  { kind: 'hostUnknown', host: 'no.example' },
  { kind: 'needsEventLoop', setting: 'spark.proxy', model: 'threads' },
  { kind: 'needsLibuv' },
];
const settings = manifest.contributes.configuration.flatMap(({ properties }) => Object.keys(properties));

afterEach(() => l10n.use('en', null));

for (const reason of failures) {
  test(`${JSON.stringify(reason)} is said in the user's language, with settings that there are`, () => {
    const english = startFailureText(reason);
    assert.ok(english !== null);
    assert.ok(english.settings.length > 0 && english.settings.every((name) => settings.includes(name)));
    assert.doesNotMatch(english.text, /\{\d\}/);
    l10n.use('de', JSON.parse(readFileSync('l10n/bundle.l10n.de.json', 'utf8')));
    const german = startFailureText(reason);
    assert.notEqual(german?.text, english.text);
    for (const value of Object.values(reason).slice(1))
      for (const text of [english.text, german?.text ?? '']) assert.ok(text.includes(String(value)), text);
  });

  test(`${JSON.stringify(reason)} is a message of the protocol`, () => {
    assert.ok(isFromServer({ type: 'startFailed', reason, message: 'why' }));
  });
}

test('what is not told apart has its own message only', () => {
  assert.equal(startFailureText({ kind: 'other' }), null);
  assert.ok(isFromServer({ type: 'startFailed', reason: { kind: 'other' }, message: 'why' }));
});

test('reasons of another shape are refused', () => {
  for (const reason of [
    null,
    'other',
    {},
    { kind: 'none' },
    { kind: 'portsTaken', first: -1, last: 5 },
    { kind: 'portsTaken', first: 1 },
    { kind: 'notPermitted', host: 1, port: 1 },
    { kind: 'addressNotAvailable' },
    { kind: 'needsEventLoop', setting: 'spark.proxy' },
  ])
    assert.equal(isFromServer({ type: 'startFailed', reason, message: 'why' }), false);
});
