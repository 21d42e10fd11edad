import { describeConformance } from './conformance.ts';
import { inThisProcess } from './startedServer.ts';

describeConformance(inThisProcess('event loop', true, (defaults) => defaults));
