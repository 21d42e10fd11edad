import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import type { Response } from '../../../../src/http/message.ts';
import type { LiveChange } from '../../../../src/protocol/live.ts';
import { LiveReload } from '../../../../src/server/live/liveReload.ts';
import { looseEnds } from '../../../../src/server/live/looseEnds.ts';
import { request } from '../../site/request.ts';

const token = 'abc123';

function withSite(run: (live: LiveReload, root: string) => void): void {
  const root = mkdtempSync(path.join(os.tmpdir(), 'spark-live-'));
  try {
    run(new LiveReload(root, { token, inject: true }), root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function open(live: LiveReload, stream: string, fields: Record<string, string> = {}): Response {
  return live.respond(request(`/.spark/${token}/events?stream=${stream}`, fields));
}

/** What a stream has to say by now. */
function read({ source }: Response): string {
  let text = '';
  for (let bytes = source?.read(); bytes instanceof Uint8Array; bytes = source?.read())
    text += new TextDecoder().decode(bytes);
  return text;
}

function changes(text: string): LiveChange[] {
  return Array.from(text.matchAll(/^event: change\ndata: (.*)$/gm), ([, data]) => JSON.parse(data));
}

function lastId(text: string): string {
  return Array.from(text.matchAll(/^id: (.*)$/gm), ([, id]) => id).at(-1) ?? '';
}

const serve = (live: LiveReload, file: string, requestPath: string) =>
  live.view({ path: file, read: () => new Uint8Array(readFileSync(file)) }, requestPath);

describe('the event stream', () => {
  test('tells of changes by path, and by every path that a file was served under', () => {
    withSite((live, root) => {
      const stream = open(live, 'a');
      read(stream);
      writeFileSync(path.join(root, 'index.html'), '<p>');
      serve(live, path.join(root, 'index.html'), '/');
      serve(live, path.join(root, 'index.html'), '/a%20b');
      live.changed([path.join(root, 'index.html'), path.join(root, 'new.css')]);
      assert.deepEqual(changes(read(stream)), [{ paths: ['index.html', '', 'a b', 'new.css'] }]);
    });
  });

  test('is resumed where it ended, and says so where too much has happened since', () => {
    withSite((live, root) => {
      const first = open(live, 'a');
      live.changed([path.join(root, '1.css')]);
      const id = lastId(read(first));
      live.changed([path.join(root, '2.css')]);
      live.changed([path.join(root, '3.css')]);
      const resumed = changes(read(open(live, 'a', { 'last-event-id': id })));
      assert.deepEqual(resumed, [{ paths: ['2.css'] }, { paths: ['3.css'] }]);
      for (const strange of ['00000000-1', 'x', `${id}0000`]) {
        assert.deepEqual(changes(read(open(live, 'b', { 'last-event-id': strange }))), [{ paths: null }]);
      }
      for (let i = 0; i < 300; i++) live.changed([path.join(root, `${i}.css`)]);
      assert.deepEqual(changes(read(open(live, 'a', { 'last-event-id': id }))), [{ paths: null }]);
    });
  });

  test('is superseded by a new one of the same name', () => {
    withSite((live) => {
      const first = open(live, 'a');
      read(first);
      const other = open(live, 'b');
      read(other);
      open(live, 'a');
      assert.equal(first.source?.read(), 'ended');
      assert.equal(other.source?.read(), null);
    });
  });

  test('a storm of changes is one, of everything', () => {
    withSite((live, root) => {
      const stream = open(live, 'a');
      read(stream);
      live.changed(Array.from({ length: 5000 }, (_, i) => path.join(root, `${i}.css`)));
      assert.deepEqual(changes(read(stream)), [{ paths: null }]);
    });
  });

  test('is not for other sites, and not for those that do not name it', () => {
    withSite((live) => {
      assert.equal(open(live, 'a', { 'sec-fetch-site': 'cross-site' }).status, 403);
      assert.equal(open(live, 'a', { 'sec-fetch-site': 'same-origin' }).status, 200);
      assert.equal(open(live, 'a%0d%0ab').status, 400);
      assert.equal(live.respond(request(`/.spark/${token}/events?stream=a`, {}, 'POST')).status, 405);
      assert.equal(live.concerns(request('/.spark/other/events')), false);
    });
  });

  test('proxies are told not to hold it back', () => {
    withSite((live) => {
      const fields = new Map(open(live, 'a').fields);
      assert.equal(fields.get('Cache-Control'), 'no-cache, no-transform');
      assert.equal(fields.get('Content-Type'), 'text/event-stream');
    });
  });
});

test('the page that stands for XML runs the server’s own scripts alone', () => {
  withSite((live) => {
    const asked = request(`/.spark/${token}/xml.html?file=a.xml`);
    assert.equal(live.concerns(asked), true);
    const { status, fields, body } = live.respond(asked);
    assert.equal(status, 200);
    const policy = fields.find(([name]) => name === 'Content-Security-Policy')?.[1] ?? '';
    assert.match(policy, /^default-src 'none'; script-src 'self';/);
    assert.match(Buffer.from(body[0] as Uint8Array).toString(), /<script src="xml\.js"/);
  });
});

describe('a page', () => {
  test('gets a script whose address is relative to the page', () => {
    withSite((live, root) => {
      const file = path.join(root, 'page.html');
      writeFileSync(file, '<!doctype html><p>');
      for (const [requestPath, address] of [
        ['/page.html', '.spark/abc123/live.js'],
        ['/a/', '../.spark/abc123/live.js'],
        ['/a/b/page', '../../.spark/abc123/live.js'],
      ]) {
        const text = new TextDecoder().decode(serve(live, file, requestPath)?.bytes);
        assert.match(
          text,
          /^<!doctype html><script src="([^"]*)" data-spark data-version="[0-9a-f]{16}" data-after="[0-9a-f]{8}-0"><\/script><p>$/,
        );
        assert.ok(text.includes(`src="${address}"`), text);
      }
    });
  });

  test('can ask for its source as it was', () => {
    withSite((live, root) => {
      const file = path.join(root, 'page.html');
      writeFileSync(file, '<p>first');
      const version = /data-version="(\w+)"/.exec(
        new TextDecoder().decode(serve(live, file, '/page.html')?.bytes),
      )?.[1];
      writeFileSync(file, '<p>second');
      serve(live, file, '/page.html');
      const source = live.respond(request(`/.spark/${token}/version/${version}`));
      assert.deepEqual(source.body, [new TextEncoder().encode('<p>first')]);
      assert.match(String(new Map(source.fields).get('Content-Type')), /^text\/plain/);
    });
  });

  test('is served as the editor holds it, through links too, until that is saved', () => {
    withSite((live, root) => {
      mkdirSync(path.join(root, 'real'));
      symlinkSync('real', path.join(root, 'link'));
      const file = path.join(root, 'real/style.css');
      writeFileSync(file, 'saved');
      assert.equal(
        live.setUnsaved(path.join(root, 'link/style.css'), new TextEncoder().encode('typed')),
        true,
      );
      assert.deepEqual(serve(live, file, '/real/style.css'), {
        bytes: new TextEncoder().encode('typed'),
        unsaved: true,
      });
      assert.equal(live.setUnsaved(file, null), true);
      assert.equal(live.setUnsaved(file, null), false);
      assert.equal(serve(live, file, '/real/style.css'), null);
    });
  });
});

describe('a page that is being typed', () => {
  const whole = '<!doctype html><title>a</title><h1 class="b">c</h1><style>p {}</style><p>d';
  const halves = [
    '<!doctype html><title>a</title><h1 class="b>c</h1><style>p {}</style><p>d',
    '<!doctype html><title>a</title><h1 class="b">c</h1><style>p {}<p>d',
    '<!doctype html><title>a<h1 class="b">c</h1>',
    `${whole}<!-- `,
    `${whole}<`,
    `${whole}<a href`,
    '<!doctype html><title>a</title><h1 <p>c</h1>',
  ];

  for (const half of halves) {
    test(`has a loose end: ${half.slice(15, 70)}`, () =>
      assert.ok(looseEnds(new TextEncoder().encode(half)) > 0));
  }

  test('is whole without one', () => assert.equal(looseEnds(new TextEncoder().encode(whole)), 0));

  test('is shown again as soon as it is whole', () => {
    withSite((live, root) => {
      const file = path.join(root, 'page.html');
      writeFileSync(file, whole);
      assert.equal(live.setUnsaved(file, new TextEncoder().encode(halves[0])), false);
      assert.equal(serve(live, file, '/page.html')?.unsaved, false);
      assert.equal(live.setUnsaved(file, new TextEncoder().encode(`${whole}!`)), true);
      assert.equal(serve(live, file, '/page.html')?.unsaved, true);
    });
  });
});
