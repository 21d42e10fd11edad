// Tests of the whole server that are repeated over every concurrency model.
// node test/models/run.mjs [words of which a test's path must contain one] [flags for node --test]
import { runNodeTests } from '../nodeTests.mjs';

process.exitCode = await runNodeTests('models', process.argv.slice(2));
