import assert from 'node:assert/strict';
import { test } from 'node:test';
import { helpText, readCommandLine, UsageError } from '../../../src/settings/commandLine.ts';
import { optionsOf } from '../../../src/settings/option.ts';
import { defaultSettings, serverOptions } from '../../../src/settings/serverOptions.ts';

function read(...args: readonly string[]) {
  const line = readCommandLine(args);
  assert.ok(typeof line === 'object');
  return line;
}

test('Without options, the defaults are used, but calls are not traced', () => {
  const { root, furtherPorts, ...defaults } = defaultSettings('/site');
  const settings = { ...defaults, sockets: { ...defaults.sockets, trace: false } };
  assert.deepEqual(read(), {
    folder: '.',
    settings,
    live: false,
    quiet: false,
    json: false,
    capture: '',
    captureSecrets: false,
  });
  assert.equal(read('--trace').settings.sockets.trace, true);
  assert.deepEqual([root, furtherPorts], ['/site', 0]);
});

test('Options and folder stand in any order; of a flag given again the last counts, or all', () => {
  const line = read('--port', '1', 'folder', '--port=2', '--allow-host', 'a', '--quiet', '--allow-host=b');
  assert.equal(line.folder, 'folder');
  assert.equal(line.settings.port, 2);
  assert.deepEqual(line.settings.allowHosts, ['a', 'b']);
  assert.equal(line.quiet, true);
});

test('--help and --version win over the rest', () => {
  assert.equal(readCommandLine(['a', 'b', '-h']), 'help');
  assert.equal(readCommandLine(['--version']), 'version');
});

const bad: [args: string[], message: RegExp][] = [
  [['--port', 'x'], /^--port takes a whole number from 0 to 65535, not "x"\.$/],
  [['--port='], /^--port takes .* not ""\.$/],
  [['--echo', 'some'], /^--echo takes off, unhandled or all, not "some"\.$/],
  [['--allow-host', ' '], /^--allow-host takes/],
  [['--quiet=yes'], /--quiet/],
  [['--nonsense'], /--nonsense/],
  [['a', 'b'], /One folder/],
];

for (const [args, message] of bad) {
  test(`${args.join(' ')} is refused`, () => {
    assert.throws(
      () => readCommandLine(args),
      (error) => error instanceof UsageError && message.test(error.message),
    );
  });
}

test('The help text has every flag, its default, and fits 80 columns', () => {
  const help = helpText();
  for (const { option } of optionsOf(serverOptions)) {
    if (option.flag !== null) assert.match(help, new RegExp(`^  --${option.flag.name}( |$)`, 'm'));
  }
  assert.match(help, /--port N +port to listen on; 0 = any free one \(default 5500\)$/m);
  for (const line of help.split('\n')) assert.ok(line.length <= 80, line);
});
