/** Reads the command line, and writes its help text, from the tables of options. */
import { parseArgs } from 'node:util';
import type { ServerSettings } from '../protocol/server.ts';
import { type Kind, onOff, text } from './kinds.ts';
import { type Option, option, optionsOf, readOptions, withoutUserInfo } from './option.ts';
import { serverOptions } from './serverOptions.ts';

const captureTarget: Kind<string> = {
  ...text('FILE'),
  fromTexts: (texts) => {
    const target = texts.at(-1) ?? '';
    return target === '-' || /.\.(har|pcapng)$/i.test(target)
      ? { value: target }
      : { wanted: 'a file that ends in .har or .pcapng, or -' };
  },
};

/** What concerns the command alone. */
const commandOptions = {
  pages: {
    live: option({
      kind: onOff(false),
      default: false,
      flag: { name: 'live', help: 'pages show changes of files by themselves' },
    }),
  },
  output: {
    quiet: option({
      kind: onOff(false),
      default: false,
      flag: { name: 'quiet', help: 'no line per request' },
    }),
    trace: option({
      kind: onOff(false),
      default: false,
      flag: { name: 'trace', help: 'print each system call on standard error, as strace does' },
    }),
    json: option({
      kind: onOff(false),
      default: false,
      flag: { name: 'json', help: 'one JSON object per event: listening, exchange, log, stopped' },
    }),
    capture: option<string>({
      kind: captureTarget,
      default: '',
      flag: {
        name: 'capture',
        help: 'writes what goes over the wire to a .har or .pcapng file; - streams pcapng to standard output, and all lines go to standard error',
      },
    }),
    captureSecrets: option({
      kind: onOff(false),
      default: false,
      flag: { name: 'capture-secrets', help: 'a HAR file has cookies and credentials too' },
    }),
    help: option({ kind: onOff(false), default: false, flag: { name: 'help', help: 'this text' } }),
    version: option({
      kind: onOff(false),
      default: false,
      flag: { name: 'version', help: "Spark's version" },
    }),
  },
};

const allOptions = [...optionsOf(serverOptions), ...optionsOf(commandOptions)];

const headings: Readonly<Record<string, string>> = {
  site: 'Files',
  proxy: 'Proxy',
  https: 'HTTPS',
  limits: 'Limits',
  model: 'Concurrency and sockets',
  sockets: 'Concurrency and sockets',
  pages: 'Live reload',
  output: 'Output',
};

export interface CommandLine {
  /** As given; the current folder if none was. */
  readonly folder: string;
  readonly settings: Omit<ServerSettings, 'root' | 'furtherPorts'>;
  /** Whether pages show changes of files by themselves. */
  readonly live: boolean;
  readonly quiet: boolean;
  readonly json: boolean;
  /** File to write what is captured to; `-` for standard output, empty for none. */
  readonly capture: string;
  readonly captureSecrets: boolean;
}

/** Bad usage; the message is for the user. */
export class UsageError extends Error {}

/** Throws UsageError. */
export function readCommandLine(args: readonly string[]): CommandLine | 'help' | 'version' {
  const { flags, folders } = split(args);
  const read = <Value>(one: Option<Value>): Value => {
    const given = one.flag === null ? undefined : flags.get(one.flag.name);
    if (one.flag === null || given === undefined) return one.default;
    const reading = one.kind.fromTexts(given);
    if ('value' in reading) return reading.value;
    throw new UsageError(
      `--${one.flag.name} takes ${reading.wanted}, not "${withoutUserInfo(given.at(-1) ?? '')}".`,
    );
  };
  const { output, pages } = readOptions(commandOptions, read);
  if (output.help) return 'help';
  if (output.version) return 'version';
  if (folders.length > 1) throw new UsageError(`One folder can be served, not ${folders.length}.`);
  const options = readOptions(serverOptions, read);
  const settings = { ...options, sockets: { ...options.sockets, trace: output.trace } };
  const { quiet, json, capture, captureSecrets } = output;
  return { folder: folders[0] ?? '.', settings, live: pages.live, quiet, json, capture, captureSecrets };
}

/** What stood behind each flag, each time it was given; and what belongs to none. */
function split(args: readonly string[]): {
  flags: ReadonlyMap<string, string[]>;
  folders: readonly string[];
} {
  const declared = allOptions.flatMap(({ option: { flag, kind } }) =>
    flag === null
      ? []
      : [[flag.name, { type: kind.form === '' ? 'boolean' : 'string', multiple: true }] as const],
  );
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: Object.fromEntries([
        ...declared,
        ['help', { type: 'boolean', multiple: true, short: 'h' } as const],
      ]),
    });
    const flags = Object.entries(values).map(
      ([name, given]) => [name, Array.isArray(given) ? given.map(String) : []] as const,
    );
    return { flags: new Map(flags), folders: positionals };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

const usage = `Usage: spark [folder] [options]

Serves a folder (the current one, if none is given) over HTTP/1.1.
`;
const exitStatus = 'Exit status: 0 stopped by SIGINT or SIGTERM, 1 could not start, 2 bad usage.';
/** Columns of the terminal, and the one that explanations start in. */
const width = 80;
const helpColumn = 22;

export function helpText(): string {
  const lines: string[] = [usage];
  let present = '';
  for (const { group, option: one } of allOptions) {
    if (one.flag === null) continue;
    const heading = headings[group] ?? group;
    if (heading !== present) lines.push('', `${heading}:`);
    present = heading;
    lines.push(...optionHelp(one, one.flag));
  }
  return [...lines, '', exitStatus].join('\n');
}

function optionHelp(
  { kind, default: byDefault }: Option<unknown>,
  flag: { name: string; help: string },
): string[] {
  const shown = kind.form === '' || byDefault === '' ? '' : kind.show(byDefault);
  const lines = wrapped(shown === '' ? flag.help : `${flag.help} (default ${shown})`, width - helpColumn);
  const left = `  --${flag.name}${kind.form === '' ? '' : ` ${kind.form}`}`;
  const indented = lines.map((line) => ' '.repeat(helpColumn) + line);
  if (left.length > helpColumn - 2) return [left, ...indented];
  return [left.padEnd(helpColumn) + lines[0], ...indented.slice(1)];
}

function wrapped(words: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of words.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= columns)
      lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
