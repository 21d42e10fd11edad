import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import * as vscode from 'vscode';
import { spark } from './spark.ts';

interface Keybinding {
  readonly key: string;
  readonly command: string;
  readonly when?: string;
}

/** All that VS Code and its own extensions bind on this platform, as *Open Default Keyboard Shortcuts (JSON)* shows it. */
async function defaultKeybindings(): Promise<Keybinding[]> {
  const uri = vscode.Uri.parse('vscode://defaultsettings/keybindings.json');
  const text = (await vscode.workspace.openTextDocument(uri)).getText();
  // Its comments stand on lines of their own.
  const bindings: Keybinding[] = JSON.parse(text.replace(/^\s*\/\/.*$/gm, ''));
  assert.ok(bindings.length > 500, `${bindings.length} were read`);
  return bindings;
}

function sparkKeybindings(): Keybinding[] {
  const contributed: readonly { command: string; key: string; mac?: string; when: string }[] =
    vscode.extensions.getExtension('spark.spark')?.packageJSON.contributes.keybindings;
  return contributed.map(({ command, key, mac = key, when }) => ({
    command,
    key: process.platform === 'darwin' ? mac : key,
    when,
  }));
}

/** Where one is pressed on the way to the other, only one of the two can be reached. */
function sameKeys(one: string, other: string): boolean {
  return `${one} `.startsWith(`${other} `) || `${other} `.startsWith(`${one} `);
}

/** Whether an alternative of a condition lets this language's editors be meant. */
function holdsFor(language: string, alternative: string): boolean {
  return alternative.split('&&').every((part) => {
    if (part.trim() === 'false') return false;
    const [, not, operator, value = ''] = /^\s*(!?)editorLangId\s*(==|!=|=~)?\s*(.*?)\s*$/.exec(part) ?? [];
    if (not === undefined || operator === undefined) return true;
    if (operator === '=~') return new RegExp(value.replace(/^\/|\/\w*$/g, '')).test(language);
    return (operator === '==') === (value.replace(/^'|'$/g, '') === language);
  });
}

suite('Keybindings', () => {
  test('take no key from VS Code, where Spark’s hold', async () => {
    await spark();
    const own = sparkKeybindings();
    assert.deepEqual(
      own.map(({ command }) => command),
      ['spark.preview'],
    );
    const defaults = await defaultKeybindings();
    for (const { key, command, when = '' } of own) {
      assert.match(when, /editorLangId == html/, `${command} holds for one language`);
      assert.ok(
        defaults.some((other) => other.command === command && other.key === key),
        `${command} is bound to ${key}`,
      );
      const taken = defaults.filter(
        (other) =>
          !other.command.startsWith('spark.') &&
          sameKeys(key, other.key) &&
          (other.when ?? '').split('||').some((alternative) => holdsFor('html', alternative)),
      );
      assert.deepEqual(taken, []);
    }
  });
});
