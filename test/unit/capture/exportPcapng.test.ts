import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { pcapngFile } from '../../../src/capture/exportConversations.ts';
import type { ExchangeDetail } from '../../../src/protocol/inspector.ts';
import { allOf, bytesOf, detailsOf, storeOf, type WireExchange } from './exchanges.ts';
import { skipWithoutTshark, wireshark } from './tshark.ts';

describe('a pcapng file, as tshark reads it', { skip: skipWithoutTshark }, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'spark-pcapng-'));
  after(() => rmSync(folder, { recursive: true }));
  let files = 0;

  function tshark(details: readonly ExchangeDetail[], ...args: readonly string[]): string {
    const file = path.join(folder, `${files++}.pcapng`);
    writeFileSync(file, Buffer.concat([...pcapngFile(details, '1.2.3')]));
    const checks = ['-o', 'tcp.check_checksum:TRUE', '-o', 'ip.check_checksum:TRUE'];
    return wireshark('tshark', '-n', '-r', file, ...checks, ...args);
  }

  /** Both directions of the first TCP stream, reassembled. */
  function followed(details: readonly ExchangeDetail[]): { received: Buffer; sent: Buffer } {
    const lines = tshark(details, '-q', '-z', 'follow,tcp,raw,0').split('\n');
    const first = lines.findIndex((line) => line.startsWith('Node 1'));
    const bytes = lines.slice(first + 1).filter((line) => /^\t?[0-9a-f]+$/.test(line));
    const from = (node: 0 | 1) =>
      Buffer.from(
        bytes
          .filter((line) => line.startsWith('\t') === (node === 1))
          .map((line) => line.trim())
          .join(''),
        'hex',
      );
    return { received: from(0), sent: from(1) };
  }

  const big = `HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n${'0123456789'.repeat(20_000)}`;
  const exchanges: readonly WireExchange[] = [
    {
      request: 'GET /index.html HTTP/1.1\r\nHost: localhost\r\n\r\n',
      response: 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
      reads: [20],
      writes: [30],
    },
    { request: 'GET /big HTTP/1.1\r\nHost: localhost\r\n\r\n', response: big, writes: [150_000] },
    {
      request: 'GET /bad HTTP/1.1\r\nHost : localhost\r\n\r\n',
      response: 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
    },
  ];
  const fields = (...names: readonly string[]) => ['-T', 'fields', ...names.flatMap((name) => ['-e', name])];

  test('is one conversation with the very bytes, dissected as HTTP', () => {
    const details = detailsOf(exchanges, 8080);
    const { received, sent } = followed(details);
    const joined = (message: 'request' | 'response') =>
      Buffer.concat(exchanges.map((one) => bytesOf(one[message])));
    assert.ok(received.equals(joined('request')));
    assert.ok(sent.equals(joined('response')));
    const http = tshark(
      details,
      '-Y',
      'http',
      ...fields('http.request.method', 'http.request.uri', 'http.response.code'),
    );
    assert.deepEqual(
      http
        .trim()
        .split('\n')
        .map((line) => line.trim()),
      ['GET\t/index.html', '200', 'GET\t/big', '200', 'GET\t/bad', '400'],
    );
    const wrong =
      'tcp.analysis.lost_segment || tcp.analysis.retransmission || tcp.analysis.out_of_order || tcp.analysis.ack_lost_segment || tcp.checksum.status == 0 || ip.checksum.status == 0 || _ws.malformed';
    assert.equal(tshark(details, '-Y', wrong), '');
    const flags = tshark(details, ...fields('tcp.flags.str'))
      .trim()
      .split('\n');
    assert.match(flags[0], /S\W*$/);
    assert.equal(flags.filter((flag) => flag.includes('F')).length, 2);
  });

  test('has the times of reads and writes, and what Spark found on the packet that shows it', () => {
    const store = storeOf(exchanges);
    store.comment('run/2', 'Why so big?\u00e9');
    store.mark('run/2', true);
    const details = allOf(store);
    const lines = tshark(
      details,
      '-Y',
      'tcp.len > 0',
      ...fields('frame.time_epoch', 'tcp.len', 'frame.comment'),
    )
      .trim()
      .split('\n');
    const [first] = details;
    assert.equal(Number(lines[0].split('\t')[0]), first.request.segments[0].time / 1000);
    assert.equal(lines[0].split('\t')[1], '20');
    const comments = lines.map((line) => line.split('\t')[2] ?? '');
    const finding = comments.find((comment) => comment.includes('request bytes 23 to 23'));
    assert.match(finding ?? '', /^error: .* RFC 9112 section 5\.1/);
    const written = comments.find((comment) => comment.includes('Why so big?é'));
    assert.match(written ?? '', /Marked\./);
  });

  test('follows exchanges out of the middle, with others left out and bytes not kept', () => {
    const details = detailsOf([...exchanges.slice(0, 2), { ...exchanges[0], notKept: 3 }], 8080);
    const [first, , last] = details;
    const http = tshark([first, last], '-Y', 'http.request', ...fields('http.request.uri'));
    assert.equal(http.trim().split('\n').length, 2);
    assert.equal(tshark([last], '-Y', '_ws.malformed', ...fields('frame.number')), '');
    const { received } = followed([last]);
    assert.ok(received.equals(bytesOf(exchanges[0].request)));
    assert.match(tshark([last], ...fields('frame.len', 'frame.cap_len')), /^43\t40$/m);
  });

  test('works over IPv6', () => {
    const [detail] = detailsOf(exchanges.slice(0, 1), 8080);
    const local = { address: '::1', port: 8080 };
    const six = { ...detail, peer: { address: 'fe80::1:2', port: 4000 }, local };
    assert.match(
      tshark([six], '-Y', 'http.request && tcp.checksum.status == 1', ...fields('ipv6.src', 'ipv6.dst')),
      /^fe80::1:2\t::1$/m,
    );
  });
});
