import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { injected } from '../../../src/site/injection.ts';

const mark = '<s>';

/** Where the script goes is marked with "|". */
const cases: [name: string, marked: string][] = [
  ['a whole page', '<!doctype html>\n<html lang="en">\n<head>|\n<title>x</title>'],
  ['a page without a head', '<!doctype html>\n|<title>x</title><p>y'],
  ['a page without anything', '|just text'],
  ['an empty page', '|'],
  ['a byte order mark', '\ufeff<!DOCTYPE HTML><HTML><HEAD>|<base href="/x/">'],
  [
    'comments before and between',
    '<!-- a > b --><!doctype html><!-- <head> --><html><!---->\n<head>|</head>',
  ],
  ['a greater-than sign in an attribute', '<html data-a="1 > 0" data-b=\'>\'><head class=">">|<meta>'],
  ['a head in upper case with attributes', '<!doctype html><HEAD\nid=a>|<link>'],
  ['a header is no head', '<!doctype html>|<header>x</header>'],
  ['an XML declaration', '<?xml version="1.0"?><!DOCTYPE html><html xmlns="a"><head>|'],
  ['a comment that does not end', '<!doctype html>|<!-- rest'],
  ['a tag that does not end', '<!doctype html>|<html lang="'],
];

describe('a script is put at the start of the head', () => {
  for (const [name, marked] of cases) {
    test(name, () => {
      const page = new TextEncoder().encode(marked.replace('|', ''));
      const result = injected(page, mark);
      assert.ok(result);
      assert.equal(new TextDecoder('utf-8', { ignoreBOM: true }).decode(result), marked.replace('|', mark));
    });
  }

  test('not where the bytes are UTF-16', () => {
    assert.equal(injected(new Uint8Array([0xff, 0xfe, 0x3c, 0]), mark), null);
    assert.equal(injected(new Uint8Array([0xfe, 0xff, 0, 0x3c]), mark), null);
  });

  test('whatever the bytes are, none of them is lost', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (page) => {
        const result = injected(page, mark);
        if (result === null) return;
        const text = Buffer.from(result).toString('latin1');
        assert.equal(text.replace(mark, ''), Buffer.from(page).toString('latin1'));
      }),
    );
  });
});
