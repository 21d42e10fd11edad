/** What is asked of the servers, and what Spark has to reach. */
import type { Goal, Scenario } from './throughput.ts';

const staticServers = ['sirv', 'serve-handler', 'http-server', 'live-server'];

export const scenarios: readonly Scenario[] = [
  {
    id: 'small',
    title: 'A file of 1 KiB',
    file: 'small.css',
    connections: 64,
    pipelined: 1,
    contenders: [
      'spark',
      'ceiling',
      'spark-capture',
      'node-http',
      'spark-libuv',
      'spark-trace',
      'nginx',
      ...staticServers,
    ],
  },
  {
    id: 'medium',
    title: 'A file of 5 KB',
    file: 'medium.css',
    connections: 64,
    pipelined: 1,
    contenders: ['spark', 'ceiling', 'spark-capture', 'node-http', 'nginx', ...staticServers],
  },
  {
    id: 'pipelined',
    title: 'A file of 1 KiB, 16 requests at a time',
    file: 'small.css',
    connections: 64,
    pipelined: 16,
    contenders: ['spark', 'ceiling', 'spark-capture', 'node-http', 'nginx'],
  },
  {
    id: 'queries',
    title: 'A file of 1 KiB, 16 requests at a time, each with a query of its own',
    file: 'small.css',
    connections: 64,
    pipelined: 16,
    ownQueries: true,
    contenders: ['spark', 'ceiling'],
  },
  {
    id: 'large',
    title: 'A file of 10 MiB',
    file: 'large.bin',
    connections: 16,
    pipelined: 1,
    contenders: ['spark', 'nginx', 'spark-libuv', 'spark-capture', 'sirv'],
  },
];

export const goals: readonly Goal[] = [
  ...['small', 'medium'].flatMap((scenario) => [
    { scenario, of: 'spark', to: 'ceiling', least: 0.7 },
    { scenario, of: 'spark', to: 'node-http', least: 1.4 },
    { scenario, of: 'spark', to: 'nginx', least: 1 },
    { scenario, of: 'spark', to: 'sirv', least: 5 },
    { scenario, of: 'spark', to: 'http-server', least: 10 },
    { scenario, of: 'spark-capture', to: 'spark', least: 0.6 },
  ]),

  { scenario: 'small', of: 'spark-trace', to: 'ceiling', least: 0.5 },
  { scenario: 'small', of: 'spark-trace', to: 'spark', least: 0.85 },
  ...['pipelined', 'queries'].map((scenario) => ({ scenario, of: 'spark', to: 'ceiling', least: 0.6 })),
  { scenario: 'large', of: 'spark', to: 'nginx', least: 0.9 },
  { scenario: 'large', of: 'spark-libuv', to: 'nginx', least: 0.5 },
];

export const parserGoal = 1.2;
/** What a byte may cost more in the largest message than in the smallest: the noise of the machine, no more. */
export const linearGoal = 2;
export const slowClientGoal = 50 * 1024 * 1024;
export const manyRequestsGoal = 150 * 1024 * 1024;
