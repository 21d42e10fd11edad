import { commands, Disposable } from 'vscode';

type Handler = (...args: readonly unknown[]) => unknown;

/** Registers commands whose code is loaded when the first of them is called: what is rarely used costs no start. */
export function registerLater<Id extends string>(
  ids: readonly Id[],
  load: () => Promise<Readonly<Record<Id, Handler>>>,
): Disposable {
  let loading: Promise<Readonly<Record<Id, Handler>>> | null = null;
  return Disposable.from(
    ...ids.map((id) =>
      commands.registerCommand(id, async (...args: readonly unknown[]) => {
        loading ??= load();
        return (await loading)[id](...args);
      }),
    ),
  );
}
