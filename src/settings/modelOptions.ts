/** Who handles which connection when. */
import type { ModelName } from '../protocol/server.ts';
import { choice, integer } from './kinds.ts';
import { option } from './option.ts';

const models: readonly ModelName[] = ['iterative', 'eventLoop', 'threads', 'processes'];

export const modelOptions = {
  name: option({
    kind: choice(models, 'MODEL'),
    default: 'eventLoop',
    flag: {
      name: 'model',
      help: 'iterative: one connection at a time; eventLoop: one thread for all; threads and processes: several workers, each with one connection at a time',
    },
    setting: 'model',
  }),
  workers: option({
    kind: integer(1, 64),
    default: 4,
    flag: { name: 'workers', help: 'how many threads or processes serve, in these models' },
    setting: 'workers',
  }),
  backlog: option({
    kind: integer(1, 65_535),
    default: 511,
    flag: { name: 'backlog', help: 'how many connections may wait to be accepted' },
    setting: 'backlog',
  }),
  compute: option({
    kind: integer(0, 60_000, 1, 'MS'),
    default: 0,
    flag: {
      name: 'compute',
      help: 'milliseconds of busy work for each request, to compare the models',
    },
  }),
};
