import { commands, Disposable } from 'vscode';
import type { Handlers } from './commandIds.ts';

/** Registers commands whose code is loaded when the first of them is called. */
export function registerLater<Ids extends readonly string[]>(
  ids: Ids,
  load: () => Promise<Handlers<Ids>>,
): Disposable {
  return Disposable.from(
    ...ids.map((id: Ids[number]) =>
      commands.registerCommand(id, async (...args: readonly unknown[]) => (await load())[id](...args)),
    ),
  );
}
