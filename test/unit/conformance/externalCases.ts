import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { rules } from '../../../src/http/rules.ts';
import { type ReadRequests, readAll, requestCases, skipCases } from '../http/externalCases.ts';
import { type ReadResponse, readResponses } from './responses.ts';
import { Servers, type StartedServer, type WayToServe } from './startedServer.ts';

/** The requests of other projects, over a socket: each is answered, once and in order, and nothing behind the last. */
export function describeExternalCases(way: WayToServe): void {
  describe(`cases of other projects: ${way.name}`, {
    skip: skipCases,
  }, () => {
    const servers = new Servers(way);
    let server: Awaited<ReturnType<Servers['start']>>;
    before(async () => {
      server = await servers.start({ allowHosts: ['*'], echo: 'all' });
    });
    after(() => servers.stopAll());

    for (const { id, requestBase64 = '', expected } of requestCases) {
      test(id, async () => {
        const read = readAll(Buffer.from(requestBase64, 'base64'), expected?.outcome === 'accept');
        for (const cut of [0, Math.floor(read.bytes.length / 2), read.bytes.length - 1])
          check(read, await answersTo(server, read, cut));
      });
    }
  });
}

/** Sends the bytes in two writes. */
async function answersTo(
  server: StartedServer & { connect(): ReturnType<Awaited<ReturnType<Servers['start']>>['connect']> },
  { bytes, requests }: ReadRequests,
  cut: number,
): Promise<ReadResponse[]> {
  const client = await server.connect();
  client.socket.write(bytes.subarray(0, cut));
  client.socket.end(bytes.subarray(cut));
  const received = await client.untilEnd();
  assert.equal(client.error, '', 'The client gets the answers in peace.');
  return readResponses(received, [...requests.map((request) => request.split(' ')[0]), 'GET']).filter(
    ({ status }) => status >= 200,
  );
}

function check(read: ReadRequests, answers: readonly ReadResponse[]): void {
  const { requests, bytes, ends, persists, outcome, rule } = read;
  const last = persists.indexOf(false);
  const answered = last < 0 ? requests.length : last + 1;
  const refusedAs = rule === '' ? 'request-incomplete' : rule;
  const isRefused = last < 0 && outcome !== 'accept';
  assert.equal(answers.length, answered + (isRefused ? 1 : 0), requests.join(', '));
  for (let i = 0; i < answered; i++) {
    const { status, body } = answers[i];
    if (requests[i].startsWith('CONNECT ')) {
      assert.equal(status, 405);
      continue;
    }
    assert.equal(status, 200, requests[i]);
    // Empty lines before a request are no part of what is echoed.
    const own = bytes.subarray(ends[i - 1] ?? 0, ends[i]).toString('latin1');
    if (!requests[i].startsWith('HEAD ')) assert.equal(body, own);
  }
  if (isRefused) {
    assert.equal(answers[answered].status, rules[refusedAs].status || 400);
    assert.equal(answers[answered].fields.get('connection'), 'close');
  }
}
