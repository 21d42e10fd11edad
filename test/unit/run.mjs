// node test/unit/run.mjs [words of which a test's path must contain one] [flags for node --test]
import { runNodeTests } from '../nodeTests.mjs';

process.exitCode = await runNodeTests('unit', process.argv.slice(2));
