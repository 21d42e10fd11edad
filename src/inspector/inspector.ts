import type { FromInspector } from '../protocol/inspectorMessages.ts';
import { InspectorPage } from './inspectorPage.ts';

declare function acquireVsCodeApi(): {
  postMessage(message: FromInspector): void;
  getState(): unknown;
  setState(state: unknown): void;
};

new InspectorPage(document.body, acquireVsCodeApi());
