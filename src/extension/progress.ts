import * as vscode from 'vscode';

/** Milliseconds after which a progress bar shows. */
const patience = 1000;
/** Milliseconds between two updates of the progress bar. */
const interval = 100;

/**
 * Waits for what goes on. Where that takes long, a progress bar with Cancel shows.
 *
 * @param share how much is done, from 0 to 1
 * @throws what it rejects with
 */
export async function withProgressWhereLong<Result>(
  title: string,
  going: Promise<Result>,
  share: () => number,
  cancel: () => void,
): Promise<Result> {
  const late = Symbol('late');
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wait = new Promise<typeof late>((resolve) => {
    timer = setTimeout(() => resolve(late), patience);
  });
  const first = await Promise.race([going, wait]).finally(() => clearTimeout(timer));
  if (first !== late) return first as Result;
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      token.onCancellationRequested(cancel);
      let shown = 0;
      const tick = setInterval(() => {
        const now = share();
        progress.report({ increment: (now - shown) * 100 });
        shown = now;
      }, interval);
      try {
        return await going;
      } finally {
        clearInterval(tick);
      }
    },
  );
}
