import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ask, bodyOf, Client, requestOf, statusOf } from '../cli/client.ts';
import { type Command, CommandLine } from '../cli/commandLine.ts';

const skip =
  process.platform !== 'linux'
    ? 'strace is a program of Linux.'
    : spawnSync('strace', ['-o', '/dev/null', 'true']).status !== 0 &&
      'strace is not installed, or may not trace here. Debian and Ubuntu: apt-get install strace.';

/** The kernel's names of calls that the C library names otherwise. */
const kernelNames: Readonly<Record<string, string>> = {
  recvfrom: 'recv',
  sendto: 'send',
  ppoll: 'poll',
  epoll_pwait: 'epoll_wait',
  eventfd2: 'eventfd',
  sendfile64: 'sendfile',
};

const watched =
  'socket,setsockopt,getsockopt,bind,getsockname,getpeername,listen,accept4,recvfrom,sendto,writev,sendfile,shutdown,close,fcntl,poll,ppoll,epoll_create1,epoll_ctl,epoll_wait,epoll_pwait,eventfd2';

interface Call {
  readonly time: number;
  readonly thread: string;
  readonly name: string;
  readonly args: string;
  /** The number it returned, and the error's name: `-1 EAGAIN`. */
  readonly result: string;
}

/** The calls of Spark's trace, as it prints them; those that were folded, as often as they were made. */
function printed(errors: string): Call[] {
  return errors.split('\n').flatMap((line) => {
    const match =
      /^\[pid (\d+)\] (\S+) (\w+)\((.*)\) = (-?\w+(?: E\w+)?) <[\d.]+>(?: \((\d+) times\))?$/.exec(line);
    if (match === null) {
      assert.doesNotMatch(line, /^\[pid/, 'Each line of the trace is read.');
      return [];
    }
    const [, thread, , name, args, result, count = '1'] = match;
    return Array.from({ length: Number(count) }, () => ({
      time: 0,
      thread,
      name,
      args,
      result: plain(result),
    }));
  });
}

/** What strace saw, of all threads, as it happened. */
function straced(folder: string): Call[] {
  const calls = readdirSync(folder).flatMap((file) =>
    readFileSync(path.join(folder, file), 'latin1')
      .split('\n')
      .flatMap((line): Call[] => {
        const match = /^([\d.]+) (\w+)\((.*)\)\s+= (-?\w+(?: E[A-Z0-9]+)?)/.exec(line);
        if (match === null) return [];
        const [, time, name, args, result] = match;
        const thread = file.slice(file.lastIndexOf('.') + 1);
        return [{ time: Number(time), thread, name: kernelNames[name] ?? name, args, result: plain(result) }];
      }),
  );
  return calls.sort((one, other) => one.time - other.time);
}

function plain(result: string): string {
  const [number, error] = result.split(' ');
  return error === undefined ? String(Number(number)) : `${number} ${error}`;
}

/** The descriptor that a call is made on. */
function descriptorOf({ args }: Call): string {
  return /^(?:\[\{fd=)?(\d+)/.exec(args)?.[1] ?? '';
}

/** The calls on descriptors that Spark made, from their making to their end: what Node.js does for itself is left out. */
function onSparksDescriptors(calls: readonly Call[]): Call[] {
  const epolls = sparksEpolls(calls);
  const made = new Set<string>();
  return calls.filter((call) => {
    const makes =
      isSocket(call) || epolls.has(call) || (call.name === 'accept4' && made.has(descriptorOf(call)));
    if (!makes && !made.has(descriptorOf(call))) return false;
    if (makes && !call.result.startsWith('-')) made.add(call.result);
    if (call.name === 'close') made.delete(descriptorOf(call));
    return true;
  });
}

function isSocket({ name, args }: Call): boolean {
  if (name !== 'socket') return false;
  return (args.startsWith('AF_INET') && args.includes('SOCK_STREAM')) || args.endsWith('NETLINK_SOCK_DIAG');
}

/** Of those who make an epoll descriptor, the ones to which a socket of Spark is added: Node.js has its own. */
function sparksEpolls(calls: readonly Call[]): ReadonlySet<Call> {
  const makers = new Map<string, Call>();
  const sockets = new Set<string>();
  const epolls = new Set<Call>();
  for (const call of calls) {
    if (call.name === 'epoll_create1') makers.set(call.result, call);
    if (isSocket(call) || call.name === 'accept4') sockets.add(call.result);
    const [, added = ''] = /EPOLL_CTL_ADD, (\d+)/.exec(call.args) ?? [];
    const maker = makers.get(descriptorOf(call));
    if (call.name === 'epoll_ctl' && sockets.has(added) && maker !== undefined) epolls.add(maker);
  }
  return epolls;
}

function byThread(calls: readonly Call[]): Map<string, string[]> {
  const threads = new Map<string, string[]>();
  for (const call of calls) {
    const shown = `${call.name}(${descriptorOf(call)}) = ${call.result}`;
    threads.set(call.thread, [...(threads.get(call.thread) ?? []), shown]);
  }
  return threads;
}

/** Not strace, but what it watches: the trace begins with its main thread. */
async function watchedProcess({ child, errors }: Command): Promise<number> {
  let printedSoFar = errors;
  for (;;) {
    const [, pid] = /^\[pid (\d+)\] .*\n/m.exec(printedSoFar) ?? [];
    if (pid !== undefined) return Number(pid);
    assert.ok(child.stderr !== null);
    const [text] = await once(child.stderr, 'data');
    printedSoFar += text;
  }
}

describe('the trace tells what strace tells', { skip }, () => {
  let spark: CommandLine;
  const folder = mkdtempSync(path.join(tmpdir(), 'spark-strace-'));
  const site = path.join(folder, 'site');

  before(async () => {
    spark = await CommandLine.bundle();
    mkdirSync(site);
    writeFileSync(path.join(site, 'index.html'), '<h1>Hello</h1>');
    writeFileSync(path.join(site, 'large'), Buffer.alloc(3_000_000));
    // Left alone for long enough that the kernel may send it.
    utimesSync(path.join(site, 'large'), 0, 0);
  });

  after(() => {
    spark.dispose();
    rmSync(folder, { recursive: true });
  });

  // Not of processes: a number names another descriptor in each of them.
  for (const model of ['eventLoop', 'iterative', 'threads']) {
    test(`under the model ${model}`, async () => {
      const seen = mkdtempSync(path.join(folder, 'seen-'));
      const command = spark.straced(
        ['-ff', '-ttt', '-e', `trace=${watched}`, '-o', path.join(seen, 'calls')],
        ...[
          site,
          '--port',
          '0',
          '--quiet',
          '--trace',
          '--sockets',
          'systemCalls',
          '--model',
          model,
          '--workers',
          '2',
        ],
      );
      await command.listening();
      assert.equal(bodyOf(await ask(command.port, requestOf('/'))), '<h1>Hello</h1>');
      assert.equal(bodyOf(await ask(command.port, requestOf('/large'))).length, 3_000_000);
      assert.equal(statusOf(await ask(command.port, 'nonsense\r\n\r\n')), 400);
      const client = await Client.connect(command.port);
      await client.reset();
      assert.equal(statusOf(await ask(command.port, requestOf('/'))), 200);
      process.kill(await watchedProcess(command), 'SIGTERM');
      await command.exit();
      const told = byThread(printed(command.errors));
      const truth = byThread(onSparksDescriptors(straced(seen)));
      assert.deepEqual([...told.keys()].sort(), [...truth.keys()].sort());
      for (const [thread, calls] of truth) assert.deepEqual(told.get(thread), calls);
      const compared = [...truth.values()].flat();
      assert.ok(
        compared.length > 40 && compared.some((call) => call.startsWith('sendfile(')),
        'It is no empty comparison.',
      );
    });
  }
});
