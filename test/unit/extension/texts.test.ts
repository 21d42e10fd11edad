import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import {
  byteSize,
  durationText,
  labelText,
  noticeText,
  shortSize,
  visibleText,
} from '../../../src/extension/displayText.ts';
import { previewPage } from '../../../src/extension/previewPage.ts';
import { describeEnd, lastWords } from '../../../src/extension/serverProcess.ts';

describe('text from the wire', () => {
  test('shows what would be invisible, or turn a line around', () => {
    assert.equal(visibleText('/a\r\n\u0000\u007f'), '/a\\x0d\\x0a\\x00\\x7f');
    assert.equal(visibleText('/a\u202egpj.exe\u2028\u200b'), '/a\\u{202e}gpj.exe\\u{2028}\\u{200b}');
    assert.equal(visibleText('/grüße/日本'), '/grüße/日本');
  });

  test('is no icon in a label', () => {
    assert.equal(labelText('/$(error)$(sync~spin)$(x'), '/\\$(error)\\$(sync~spin)$(x');
  });

  test('is no link in a notice', () => {
    const name = '[Open](command:workbench.action.closeWindow).har';
    assert.equal(noticeText(name), '[Open] (command:workbench.action.closeWindow).har');
  });

  test('is cut to a length', () => {
    assert.equal(visibleText('x'.repeat(300)).length, 200);
    assert.equal(visibleText('abcdef', 4), 'abc…');
  });
});

describe('numbers in words', () => {
  test('sizes', () => {
    assert.deepEqual([0, 1023, 1024, 10_240, 5 * 1024 ** 3].map(byteSize), [
      '0 B',
      '1023 B',
      '1.0 KiB',
      '10 KiB',
      '5.0 GiB',
    ]);
    assert.deepEqual([518, 1946].map(shortSize), ['518', '1.9K']);
  });

  test('durations', () => {
    assert.deepEqual([0.2, 3.4, 1500, 120_000].map(durationText), ['<1 ms', '3 ms', '1.5 s', '2 min']);
  });
});

describe('last words', () => {
  test('are the error, not the stack behind it', () => {
    const lines = [
      '/a.js:3',
      'throw new Error()',
      'TypeError: no such thing',
      '    at x (/a.js:3)',
      'Node.js v20.1.0',
    ];
    assert.equal(lastWords(lines), 'TypeError: no such thing');
    assert.equal(lastWords(['one', 'two']), 'two');
    assert.equal(lastWords([]), '');
  });

  test('tell how a process ended', () => {
    assert.match(describeEnd({ exitCode: 3, signal: null, lastLogLine: 'x' }), /exit code 3.* x$/);
    assert.match(describeEnd({ exitCode: null, signal: 'SIGKILL', lastLogLine: '' }), /SIGKILL/);
    assert.match(describeEnd({ exitCode: null, signal: null, lastLogLine: '' }), /could not be started/);
  });
});

describe('the page of the preview', () => {
  const state = {
    file: 'file:///a"b\'<x>',
    past: [],
    position: -1,
    screen: { size: '', zoom: 100, rotated: false },
  };
  const options = {
    name: '"><script>alert(1)</script>.html',
    l10n: { t: (message: string) => message },
    language: 'en',
    nonce: 'abc',
    script: 'run();',
    style: 'a {}',
  };

  test('frames exactly one origin, and runs no other script', () => {
    const page = previewPage({
      ...options,
      content: {
        kind: 'page',
        data: {
          state,
          root: 'http://127.0.0.1:5500/proxy/',
          page: 'a.html',
          token: 'x',
          remark: '',
          secure: false,
        },
      },
    });
    const policy = /content="([^"]*)">/.exec(page)?.[1];
    assert.equal(
      policy?.replaceAll('&#39;', "'"),
      "default-src 'none'; frame-src http://127.0.0.1:5500; script-src 'nonce-abc'; style-src 'nonce-abc'",
    );
  });

  test('asks VS Code for no file, and holds script and style sheet as they are', () => {
    const page = previewPage({
      ...options,
      script: 'run(1 < 2 && "$&");',
      style: 'a > b {}',
      content: { kind: 'notice', state, text: '', offerStart: false },
    });
    assert.ok(page.includes('<script nonce="abc">run(1 < 2 && "$&");</script>'));
    assert.ok(page.includes('<style nonce="abc">a > b {}</style>'));
    assert.doesNotMatch(page, /\s(?:src|href)=/);
  });

  test('has a style sheet that does not end its element; of the script, the bundler sees to that', () => {
    const style = readFileSync('media/preview.css', 'utf8');
    assert.doesNotMatch(style, /<\//);
  });

  test('holds names as text', () => {
    const page = previewPage({
      ...options,
      content: { kind: 'notice', state, text: '<b>no</b>', offerStart: true },
    });
    assert.equal(page.match(/<script/g)?.length, 1);
    assert.ok(!page.includes('<b>'));
    assert.match(page, /frame-src &#39;none&#39;/);
    assert.ok(page.includes('data-action="startServer"'));
  });
});
