/** The load: wrk (https://github.com/wg/wrk), with the fields of a browser. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { browserRequest } from './browserFields.ts';
import { pinned } from './processors.ts';

export interface Load {
  readonly port: number;
  readonly target: string;
  readonly connections: number;
  /** Requests sent at a time on each connection. */
  readonly pipelined: number;
  readonly seconds: number;
}

export interface LoadResult {
  /** Answers that came. */
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** Bytes of answers, heads included. */
  readonly bytesPerSecond: number;
}

export function hasWrk(): boolean {
  return spawnSync('wrk', ['-v']).error === undefined;
}

/** Runs wrk once. Rejects where it reports any error: a server that fails fast is not a fast server. */
export async function runWrk(load: Load, folder: string): Promise<LoadResult> {
  const { port, target, connections, pipelined, seconds } = load;
  mkdirSync(folder, { recursive: true });
  const script = path.join(folder, `load-${process.pid}.lua`);
  const request = browserRequest(target, `127.0.0.1:${port}`).repeat(pipelined);
  writeFileSync(script, luaScript(request));
  const args = ['-t', '1', '-c', String(connections), '-d', `${seconds}s`, '-s', script];
  const [program, ...rest] = pinned('load', ['wrk', ...args, `http://127.0.0.1:${port}${target}`]);
  const wrk = spawn(program, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  wrk.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const [code] = await once(wrk, 'close');
  const figures = /^figures (\d+) (\d+) (\d+) (\d+)$/m.exec(output);
  if (code !== 0 || figures === null) throw new Error(`wrk failed:\n${output}`);
  const [requests, bytes, microseconds, errors] = figures.slice(1).map(Number);
  if (errors > 0) throw new Error(`${errors} of ${requests} requests failed:\n${output}`);
  const elapsed = microseconds / 1e6;
  return { requests, requestsPerSecond: requests / elapsed, bytesPerSecond: bytes / elapsed };
}

/** The same bytes for every request; wrk counts by itself how many requests they are. */
function luaScript(request: string): string {
  return `local bytes = ${luaString(request)}
request = function() return bytes end
done = function(summary)
  local errors = summary.errors
  print(string.format("figures %d %d %d %d", summary.requests, summary.bytes, summary.duration,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
`;
}

function luaString(text: string): string {
  return JSON.stringify(text);
}
