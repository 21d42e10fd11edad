// npm run docs: writes the pages of docs/ that are made from the code.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { project } from './project.mjs';

const bundle = path.join(project, 'out', 'docs', `${process.pid}.mjs`);
try {
  await build({
    absWorkingDir: project,
    entryPoints: ['test/unit/http/rulesDocument.ts'],
    outfile: bundle,
    bundle: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'warning',
  });
  const { rulesDocument } = await import(pathToFileURL(bundle).href);
  mkdirSync(path.join(project, 'docs'), { recursive: true });
  writeFileSync(path.join(project, 'docs', 'rules.md'), rulesDocument());
} finally {
  rmSync(bundle, { force: true });
}
