import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Frame, Page } from 'playwright-core';
import { project } from '../project.mjs';

const axe = readFileSync(path.join(project, 'node_modules/axe-core/axe.min.js'), 'utf8');

/** What stands in the way of those who do not see or do not point: rules of axe, each with the element that breaks it. */
export async function accessibilityViolations(document: Frame | Page): Promise<string[]> {
  // Asked by the browser, not by the page, whose policy lets no other script in.
  await document.evaluate(axe);
  return document.evaluate(async () => {
    const { run } = (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe;
    const results = await run();
    return results.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target }) => `${id}: ${target.join(' ')}`),
    );
  });
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly target: readonly string[] }[];
  }[];
}
