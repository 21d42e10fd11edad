import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { transformSync } from 'esbuild';

const languages = ['de', 'es', 'fr', 'ja', 'zh-cn'];

type Texts = Readonly<Record<string, string>>;

function texts(file: string): Texts {
  const json: unknown = JSON.parse(readFileSync(file, 'utf8'));
  assert.ok(typeof json === 'object' && json !== null);
  const entries: [string, unknown][] = Object.entries(json);
  return Object.fromEntries(
    entries.map(([key, value]) => {
      assert.ok(typeof value === 'string' && value.trim() !== '', `${file}: ${key} has a text`);
      return [key, value];
    }),
  );
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => path.join(entry.parentPath, entry.name));
}

/** The texts that a source has translated; esbuild writes each as one literal. */
function translatedBy(file: string): string[] {
  const code = transformSync(readFileSync(file, 'utf8'), { loader: 'ts', charset: 'utf8' }).code;
  const found = [...code.matchAll(/\bl10n\.t\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')/g)];
  const calls = code.match(/\bl10n\.t\(/g)?.length ?? 0;
  assert.equal(found.length, calls, `${file}: every text given to l10n.t is one literal`);
  return found.map(([, double, single]) =>
    double === undefined ? single.replaceAll("\\'", "'") : String(JSON.parse(`"${double}"`)),
  );
}

/** What a translation must keep: placeholders, settings, commands, code. */
function partsToKeep(text: string): string[] {
  return (text.match(/\{\d+\}|`#?[^`]+`|\(command:[\w.]+\)|#[\w.]+#/g) ?? []).sort();
}

const rooms = ['src/extension', 'src/inspector', 'src/capture', 'src/settings'];
const used = [...new Set(rooms.flatMap(sources).flatMap(translatedBy))].sort();
const manifestText = readFileSync('package.json', 'utf8');
const manifestKeys = [...new Set([...manifestText.matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key))].sort();
const english = texts('package.nls.json');

/** Members of the manifest that people read. */
const shown =
  /^(title|shortTitle|description|markdownDescription|label|contents|altText|patternErrorMessage)$/;

describe('the texts of the manifest', () => {
  test('all stand in package.nls.json, and nothing else does', () => {
    assert.deepEqual(Object.keys(english).sort(), manifestKeys);
  });

  test('none stands in package.json itself', () => {
    const left: string[] = [];
    JSON.parse(manifestText, (name, value: unknown) => {
      if (shown.test(name) && typeof value === 'string' && !/^(%.*%|Spark|)$/.test(value)) left.push(value);
      if (/EnumDescriptions$|^enumDescriptions$/.test(name) && Array.isArray(value))
        left.push(...value.filter((one) => !/^%.*%$/.test(one)));
      return value;
    });
    assert.deepEqual(left, []);
  });
});

test('the sources have texts to translate', () => {
  assert.ok(used.length > 100, `${used.length} were found`);
});

for (const language of languages) {
  describe(`translated to ${language}`, () => {
    for (const [what, file, keys, original] of [
      ['the manifest', `package.nls.${language}.json`, manifestKeys, (key: string) => english[key]],
      ['the extension', `l10n/bundle.l10n.${language}.json`, used, (key: string) => key],
    ] as const) {
      test(`${what}: every text, and none that is no longer used`, () => {
        assert.ok(existsSync(file), `there is ${file}`);
        const translation = texts(file);
        const missing = keys.filter((key) => !Object.hasOwn(translation, key));
        assert.deepEqual({ missing }, { missing: [] });
        assert.deepEqual(Object.keys(translation).sort(), [...keys]);
      });

      test(`${what}: placeholders, code and links are kept`, () => {
        const translation = texts(file);
        for (const key of keys.filter((one) => Object.hasOwn(translation, one))) {
          assert.deepEqual(partsToKeep(translation[key]), partsToKeep(original(key)), key);
        }
      });
    }
  });
}
