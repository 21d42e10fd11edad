/** The load: wrk (https://github.com/wg/wrk), with the fields of a browser. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { browserRequest } from './browserFields.ts';
import { pinned } from './processors.ts';

const differentBatches = 512;

export interface Load {
  readonly port: number;
  readonly target: string;
  readonly connections: number;
  /** Requests sent at a time on each connection. */
  readonly pipelined: number;
  /** Whether each request has a query of its own; else all are the same bytes. */
  readonly ownQueries?: boolean;
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
  const { port, target, connections, seconds } = load;
  mkdirSync(folder, { recursive: true });
  const script = path.join(folder, `load-${process.pid}.lua`);
  writeFileSync(script, luaScript(batches(load)));
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

/** What is sent at a time, in turns. Before a query comes again, thousands of others have. */
function batches({ target, port, pipelined, ownQueries = false }: Load): string[] {
  const host = `127.0.0.1:${port}`;
  if (!ownQueries) return [browserRequest(target, host).repeat(pipelined)];
  return Array.from({ length: differentBatches }, (_, batch) =>
    Array.from({ length: pipelined }, (_, i) =>
      browserRequest(`${target}?number=${batch * pipelined + i}`, host),
    ).join(''),
  );
}

/** wrk counts by itself how many requests the bytes are. */
function luaScript(batches: readonly string[]): string {
  return `local batches = {${batches.map(luaString).join(',\n')}}
local sent = 0
request = function()
  sent = sent % #batches + 1
  return batches[sent]
end
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
