import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pathMatcher, watchOptions } from '../../../src/extension/pathPatterns.ts';
import { readSetting } from '../../../src/settings/option.ts';

const { ignore } = watchOptions;
const problem = (...patterns: unknown[]) => readSetting(ignore, patterns).problem;

describe('spark.reload.ignore', () => {
  test('names files, and folders with all that is in them', () => {
    const ignores = pathMatcher(['**/*.map', 'dist', '/build/', './out/**', '**/cache/', 'a\\[1\\]/*']);
    for (const file of ['a.map', 'js/a.map', 'dist/a/b.js', 'build/x', 'out/x', 'a/cache/b/c', 'a[1]/b'])
      assert.equal(ignores(file), true, file);
    for (const file of ['a.js', 'src/dist/a.js', 'distant/a.js', 'cached/a'])
      assert.equal(ignores(file), false, file);
  });

  test('its default leaves out what tools keep', () => {
    const ignores = pathMatcher(ignore.default);
    assert.deepEqual(['.git/HEAD', 'a/node_modules/b/c.js', '.github/x', 'index.html'].map(ignores), [
      true,
      true,
      false,
      false,
    ]);
  });

  test('nothing is named by no pattern', () => {
    assert.equal(pathMatcher([])('index.html'), false);
    assert.equal(pathMatcher(['/'])('index.html'), false);
  });

  test('a pattern that can name nothing is told of, and why; the default holds instead', () => {
    const { value } = readSetting(ignore, ['**/*.map', '**/[a']);
    assert.deepEqual(value, ignore.default);
    assert.equal(
      problem('**/*.map', '**/[a'),
      'The setting spark.reload.ignore is ["**/*.map","**/[a"]. It has to be patterns of paths below the served folder, as **/dist (a bracket of “**/[a” has no counterpart). Until it is corrected, Spark uses the default, **/.git/**, **/node_modules/**.',
    );
    assert.match(problem('*.{js') ?? '', /a bracket of “\*\.\{js” has no counterpart/);
    assert.match(problem('dist\\**\\*.js') ?? '', /“dist\\\*\*.*” holds a backslash/);
    assert.match(problem('!*.css') ?? '', /“!\*\.css” begins with “!”/);
    assert.match(problem('../dist') ?? '', /“\.\.\/dist” leads out of the served folder/);
    for (const wrong of [7, '', null]) assert.match(problem(wrong) ?? '', /has to be patterns of paths/);
    assert.match(readSetting(ignore, '**/dist').problem ?? '', /has to be an array of patterns of paths/);
  });

  test('patterns of every kind are taken', () => {
    assert.equal(problem('**/*.{js,css}', 'a[0-9]', '!(a|b)/c', '+(x)', '\\[', 'dist/', '/dist'), null);
    assert.equal(problem(), null);
  });
});
