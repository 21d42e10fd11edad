/** The parser alone, against the one that Node.js has, on a browser's request. */
import { createRequire } from 'node:module';
import { defaultLimits } from '../../src/http/limits.ts';
import { MessageParser } from '../../src/http/parser.ts';
import { browserRequest } from './browserFields.ts';

const iterations = 150_000;

export interface ParserResult {
  readonly requestBytes: number;
  /** Requests per second, one for each round. */
  readonly spark: readonly number[];
  readonly node: readonly number[];
}

/** Blocks for about half a second a round. */
export function measureParsers(rounds: number): ParserResult {
  const request = Buffer.from(browserRequest('/small.css', '127.0.0.1:5500'));
  const spark = sparkParser(request);
  const node = nodeParser(request);
  rate(spark);
  rate(node);
  const result = { requestBytes: request.length, spark: [] as number[], node: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    result.spark.push(rate(spark));
    result.node.push(rate(node));
  }
  return result;
}

/** Requests per second of processor time: what else the machine does, does not count. */
function rate(parseOnce: () => void): number {
  const start = process.cpuUsage();
  for (let i = 0; i < iterations; i++) parseOnce();
  const { user, system } = process.cpuUsage(start);
  return (iterations / (user + system)) * 1e6;
}

function sparkParser(request: Buffer): () => void {
  const parser = new MessageParser({ message: 'request', limits: defaultLimits });
  return () => {
    parser.reset();
    parser.parse(request, 0, request.length);
    if (!parser.complete) throw new Error('Spark did not find the request complete.');
  };
}

/** As far as `node:http` needs it; Node.js has no types for it. */
interface HttpParser {
  initialize(type: number, resource: object): void;
  execute(bytes: Buffer): number | Error;
  [callback: number]: (...args: unknown[]) => unknown;
}

interface HttpParserClass {
  new (): HttpParser;
  readonly REQUEST: number;
  readonly kOnHeaders: number;
  readonly kOnHeadersComplete: number;
  readonly kOnBody: number;
  readonly kOnMessageComplete: number;
}

/**
 * With the callbacks that node:http sets, so that it makes the same strings and arrays; what node:http makes of those
 * (streams, objects with headers) is left out.
 */
function nodeParser(request: Buffer): () => void {
  const { HTTPParser } = createRequire(__filename)('_http_common') as { HTTPParser: HttpParserClass };
  const parser = new HTTPParser();
  let complete = false;
  parser[HTTPParser.kOnHeaders] = () => {};
  parser[HTTPParser.kOnHeadersComplete] = () => 0;
  parser[HTTPParser.kOnBody] = () => {};
  parser[HTTPParser.kOnMessageComplete] = () => {
    complete = true;
  };
  parser.initialize(HTTPParser.REQUEST, {});
  return () => {
    complete = false;
    parser.execute(request);
    if (!complete) throw new Error('Node.js did not find the request complete.');
  };
}
