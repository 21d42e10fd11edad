import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import { bundlePrograms } from '../programs.mjs';
import { describeConformance } from '../unit/conformance/conformance.ts';
import { inThisProcess } from '../unit/conformance/startedServer.ts';
import { variants } from './variants.ts';

const programs = mkdtempSync(path.join(tmpdir(), 'spark-conformance-workers-'));
await bundlePrograms(programs);
after(() => rmSync(programs, { recursive: true, force: true }));

for (const { name, model, settings } of variants) {
  describeConformance(
    inThisProcess(
      name,
      model === 'eventLoop',
      // One worker holds to the letter as well as several, and starts sooner.
      (defaults) => ({ ...defaults, ...settings, model: { ...settings.model, workers: 1 } }),
      path.join(programs, 'worker.js'),
    ),
  );
}
