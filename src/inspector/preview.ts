import type { FromPreview, ToPreview } from '../protocol/preview.ts';

declare function acquireVsCodeApi(): {
  postMessage(message: FromPreview): void;
  setState(state: unknown): void;
};

const workbench = acquireVsCodeApi();
const { state } = document.body.dataset;
// What brings the preview back after the window is reloaded.
if (state !== undefined) workbench.setState(JSON.parse(state));

window.addEventListener('message', ({ data }: MessageEvent<ToPreview>) => {
  if (data.type === 'reload') reload();
});

for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-action]')) {
  button.addEventListener('click', () => act(button.dataset.action));
}

function act(action: string | undefined): void {
  if (action === 'reload') reload();
  else if (action === 'openInBrowser' || action === 'startServer') workbench.postMessage({ type: action });
}

function reload(): void {
  const frame = document.querySelector('iframe');
  // The framed page is of another origin: it can be sent somewhere, but not told to reload.
  if (frame !== null) frame.src = frame.dataset.address ?? '';
}
