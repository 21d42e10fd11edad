import { describeConnections } from './connections.ts';
import { describeExternalCases } from './externalCases.ts';
import { describeGrammar } from './grammar.ts';
import { describeLimits } from './limits.ts';
import { describeMethods } from './methods.ts';
import type { WayToServe } from './startedServer.ts';
import { describeTrust } from './trust.ts';

/** What every way to serve has to hold to, tested from outside, over raw sockets. */
export function describeConformance(way: WayToServe): void {
  describeGrammar(way);
  describeConnections(way);
  describeMethods(way);
  describeLimits(way);
  describeTrust(way);
  describeExternalCases(way);
}
