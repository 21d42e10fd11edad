import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Frame, Page } from 'playwright-core';
import { project } from '../project.mjs';

const axe = readFileSync(path.join(project, 'node_modules/axe-core/axe.min.js'), 'utf8');

/**
 * What stands in the way of those who do not see or do not point: rules of axe, each with the element that breaks it.
 *
 * @param rules turned on or off, beside those that axe holds every page to
 */
export async function accessibilityViolations(
  document: Frame | Page,
  rules: Readonly<Record<string, boolean>> = {},
): Promise<string[]> {
  // Asked by the browser, not by the page, whose policy lets no other script in.
  await document.evaluate(axe);
  return document.evaluate(
    async (rules) => {
      const { run } = (window as unknown as { axe: { run(options: unknown): Promise<AxeResults> } }).axe;
      const results = await run({ rules });
      return results.violations.flatMap(({ id, nodes }) =>
        nodes.map(({ target }) => `${id}: ${target.join(' ')}`),
      );
    },
    Object.fromEntries(Object.entries(rules).map(([rule, enabled]) => [rule, { enabled }])),
  );
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly target: readonly string[] }[];
  }[];
}
