import type { FromInspector } from '../protocol/inspectorMessages.ts';

/** What VS Code gives to the page of a webview. */
export interface PageHost {
  postMessage(message: FromInspector): void;
  getState(): unknown;
  setState(state: unknown): void;
}
