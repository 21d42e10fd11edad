import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { l10n } from '../../../src/l10n/l10n.ts';

describe('texts outside of the extension', () => {
  afterEach(() => l10n.use('en', undefined));

  test('stay English where there is no translation', () => {
    l10n.use('de', { Other: 'Anderes' });
    assert.equal(l10n.t('toString'), 'toString');
    assert.equal(l10n.t('{1} of {0}', 'b', 1), '1 of b');
  });

  test('have their values where the translation wants them; a value is not read as a placeholder', () => {
    l10n.use('de', { '{0} of {1}': '{1}: {0}' });
    assert.equal(l10n.language, 'de');
    assert.equal(l10n.t('{0} of {1}', '{1}', 2), '2: {1}');
    assert.equal(l10n.t('{0} of {1}', 1), '{1}: 1');
  });

  test('survive texts of another shape', () => {
    for (const texts of [null, 'x', 3, { A: 3 }]) {
      l10n.use('', texts);
      assert.equal(l10n.t('A'), 'A');
    }
  });
});
