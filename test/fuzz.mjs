// npm run test:fuzz [-- TIMES [SEED]]: tries the properties of the parser, and its agreement with llhttp, as many TIMES
// longer than the tests do (100 by default), from a SEED that is printed, so that a failure can be had again.
import { runNodeTests } from './nodeTests.mjs';

const [times = '100', seed = String(Date.now() % 2 ** 31)] = process.argv.slice(2);
process.env.SPARK_FUZZ_TIMES = times;
process.env.SPARK_FUZZ_SEED = seed;
console.log(`Seed ${seed}, ${times} times as long as in the tests.`);
process.exitCode = await runNodeTests('unit', [
  'http/differential',
  'http/dissect',
  'http/connectionProperties',
]);
