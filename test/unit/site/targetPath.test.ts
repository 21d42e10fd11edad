import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type PathRefusal, targetPath } from '../../../src/site/targetPath.ts';

const good: [path: string, names: string[], folder: boolean][] = [
  ['/', [], true],
  ['/a.html', ['a.html'], false],
  ['/a/b/', ['a', 'b'], true],
  ['/a//b', ['a', 'b'], false],
  ['/a/./b/../c', ['a', 'c'], false],
  ['/a/%2E%2e/b', ['b'], false],
  ['/a/b/..', ['a'], true],
  ['/a%20b', ['a b'], false],
  ['/%E4%BD%A0.txt', ['你.txt'], false],
  ['/\xe4\xbd\xa0.txt', ['你.txt'], false],
  ['/100%25', ['100%'], false],
  ['/%252e%252e', ['%2e%2e'], false],
  ['/.well-known/acme', ['.well-known', 'acme'], false],
  ['/console', ['console'], false],
  ['/com10', ['com10'], false],
  ['/notes.txt~', ['notes.txt~'], false],
];

for (const [path, names, folder] of good) {
  test(`${path} names ${JSON.stringify(names)}`, () => {
    assert.deepEqual(targetPath(path), { names, folder });
  });
}

const refused: Record<PathRefusal, string[]> = {
  malformed: ['/%', '/%4', '/%zz', '/a%00', '/a%00.html', '/a/%0g'],
  separator: ['/a%2fb', '/a%2Fb', '/..%2f..%2fetc/passwd', '/a%5cb', '/a\\b', '/..%5C..%5Cboot.ini'],
  'above-root': ['/..', '/../', '/%2e%2e/etc/passwd', '/a/../../b', '/.%2e/x', '/a/b/../../../c'],
  'no-such-name': [
    '',
    '*',
    'a',
    '/.env',
    '/.git/config',
    '/%2egit/config',
    '/a/.htaccess',
    '/...',
    '/.well-known2',
    '/%ff',
    '/%c0%ae%c0%ae/etc/passwd',
    '/%ed%a0%80',
    '/a.txt::$DATA',
    '/a:b',
    '/C:/windows',
    '/a.',
    '/a%20',
    '/a.txt%20/b',
    '/con',
    '/NUL.txt',
    '/aux%20.txt',
    '/com1',
    '/LPT9.html',
    '/com%C2%B9',
    '/conin$',
    '/progra~1',
    '/LONGFI~1.HTM',
    '/a%3f',
    '/a%0a',
    '/a|b',
  ],
};

for (const [refusal, paths] of Object.entries(refused)) {
  for (const path of paths) {
    test(`${JSON.stringify(path)} is refused: ${refusal}`, () => assert.equal(targetPath(path), refusal));
  }
}
