import { type ParserError, parse } from 'parse5';

/** What something that is begun and not ended leads to: it swallows what follows, up to where the page ends or a quote. */
const swallows = new Set([
  'eof-in-tag',
  'eof-in-comment',
  'eof-in-doctype',
  'eof-in-cdata',
  'eof-before-tag-name',
  'eof-in-element-that-can-contain-only-text',
  'eof-in-script-html-comment-like-text',
  'unexpected-character-in-attribute-name',
  'invalid-first-character-of-tag-name',
]);

/**
 * How often a page's source stops in the middle of something: a tag, a comment, a quoted value, a style sheet without
 * an end. One more than before, and the page is being typed: to show it so would blank what follows.
 */
export function looseEnds(source: Uint8Array): number {
  let count = 0;
  parse(new TextDecoder().decode(source), {
    onParseError: ({ code }: ParserError) => {
      if (swallows.has(code)) count++;
    },
  });
  return count;
}
