import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProgramSession, type ProtocolReply } from '../../../src/debug/programSession.ts';

function session(): {
  calls: string[];
  replies: ProtocolReply[];
  ask(command: string, given?: unknown): ProtocolReply[];
  end(): void;
} {
  const calls: string[] = [];
  const replies: ProtocolReply[] = [];
  const program = {
    start: () => calls.push('start'),
    stop: () => calls.push('stop'),
    kill: () => calls.push('kill'),
    release: () => calls.push('release'),
  };
  const tested = new ProgramSession(program, (reply) => replies.push(reply));
  let seq = 100;
  return {
    calls,
    replies,
    ask(command, given) {
      const before = replies.length;
      tested.handle({ seq: ++seq, type: 'request', command, arguments: given });
      const answers = replies.slice(before);
      assert.ok(answers[0]?.type === 'response' && answers[0].request_seq === seq);
      return answers;
    },
    end: () => tested.end(),
  };
}

test('it launches the program, has no threads or breakpoints of its own, and numbers what it says', () => {
  const { ask, calls, replies } = session();
  const [answer, event] = ask('initialize');
  assert.equal(answer.type === 'response' && answer.success, true);
  assert.equal(event.type === 'event' && event.event, 'initialized');
  ask('setBreakpoints', { source: {}, breakpoints: [{ line: 1 }] });
  ask('launch', { folder: '/site' });
  ask('configurationDone');
  const [threads] = ask('threads');
  assert.deepEqual(threads.body, { threads: [] });
  assert.deepEqual(calls, ['start']);
  assert.deepEqual(
    replies.map(({ seq }) => seq),
    replies.map((_, index) => index + 1),
  );
});

for (const [command, given, expected] of [
  ['terminate', { restart: false }, 'stop'],
  ['disconnect', { restart: false }, 'kill'],
  ['disconnect', { terminateDebuggee: true }, 'kill'],
  ['disconnect', { terminateDebuggee: false }, 'release'],
] as const) {
  test(`${command} with ${JSON.stringify(given)} means ${expected}, unless the session is over`, () => {
    const open = session();
    open.ask(command, given);
    assert.deepEqual(open.calls, [expected]);
    const over = session();
    over.end();
    over.ask(command, given);
    assert.deepEqual(over.calls, []);
  });
}

test('it ends once, and refuses what it does not know', () => {
  const { ask, end, replies } = session();
  const [refusal] = ask('evaluate');
  assert.ok(refusal.type === 'response' && !refusal.success);
  assert.match(refusal.message ?? '', /evaluate/);
  end();
  end();
  assert.equal(replies.filter((reply) => reply.type === 'event' && reply.event === 'terminated').length, 1);
});
