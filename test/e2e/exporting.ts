import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Workbench } from './workbench.ts';

/** Exports every exchange to the file that the dialog suggests, and returns what is in it. */
export async function exportAll(
  workbench: Workbench,
  format: string,
  { ending, asks }: { readonly ending: string; readonly asks: boolean },
): Promise<Buffer> {
  await chooseExport(workbench, format);
  if (asks) await workbench.page.getByRole('button', { name: 'Export with Secrets' }).click();
  const name = `exchanges.${ending}`;
  await workbench.saveAsSuggested(name);
  await workbench.statusBarItem(`Exported to ${name}`).waitFor();
  return readFileSync(path.join(workbench.workspace, name));
}

export async function chooseExport(workbench: Workbench, format: string): Promise<void> {
  await workbench.runCommand('Spark: Export...');
  await workbench.quickPick('All exchanges').click();
  await workbench.quickPick(format).click();
}
