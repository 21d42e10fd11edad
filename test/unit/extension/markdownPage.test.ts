import assert from 'node:assert/strict';
import { test } from 'node:test';
import { markdownPage } from '../../../src/extension/markdownPage.ts';

test('the page of a Markdown file runs no script of it, sends no form, and is closed to what its names hold', () => {
  const page = markdownPage({
    body: '<h1>Hello</h1>',
    title: '</title><script>',
    language: 'en',
    style: 'body { margin: 0 }',
    styleSheets: ['a"b.css'],
  });
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
  assert.match(policy, /^default-src &#39;none&#39;/);
  assert.ok(!policy.includes('script-src'), 'scripts fall under default-src');
  assert.match(policy, /form-action &#39;none&#39;; base-uri &#39;none&#39;$/);
  assert.ok(page.indexOf('Content-Security-Policy') < page.indexOf('<h1>'));
  assert.ok(page.includes('<title>&#60;/title&#62;&#60;script&#62;</title>'));
  assert.ok(page.includes('href="a&#34;b.css"'));
});
