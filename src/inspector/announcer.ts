import { effect } from '@preact/signals-core';
import { counted } from './format.ts';
import type { InspectorState } from './inspectorState.ts';

/** Milliseconds between two announcements: a screen reader could not finish speaking more of them. */
const interval = 3000;

/** Announces to screen readers how many exchanges arrived, while the user wants that. */
export function announcer(state: InspectorState): HTMLElement {
  const element = document.createElement('div');
  element.className = 'unseen arrivals';
  element.setAttribute('role', 'status');
  let known = 0;
  let timer = 0;
  const say = () => {
    const summary = state.list.peek()?.summary;
    const arrived = summary === undefined ? 0 : summary.exchanges + summary.displaced;
    if (!state.announces.peek() || arrived < known) {
      known = arrived;
      element.textContent = '';
    } else if (timer === 0 && arrived > known) {
      element.textContent = counted(arrived - known, 'new exchange');
      known = arrived;
      timer = window.setTimeout(() => {
        timer = 0;
        say();
      }, interval);
    }
  };
  effect(() => {
    state.announces.value;
    state.list.value;
    say();
  });
  return element;
}
