import { html, nothing, render } from 'lit-html';
import type { Explanation } from '../http/explanations/explanation.ts';
import type { InspectorState } from './inspectorState.ts';
import { explanationOf } from './lineParts.ts';
import { lineIndexAt } from './meaning.ts';
import { markOf } from './meaningCells.ts';

/** Milliseconds that the pointer or the focus has to rest on a line before it is explained. */
const patience = 500;

/**
 * Explains the line that the pointer or the focus rests on. The row below the line, when that is opened, says the same
 * with links. Escape closes the tip, and the user can switch all of them off.
 */
export class ExplanationTip {
  private readonly tip: HTMLElement = document.createElement('div');
  private readonly container: HTMLElement;
  private readonly state: InspectorState;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private row: Element | null = null;

  constructor(container: HTMLElement, state: InspectorState) {
    this.container = container;
    this.state = state;
    const { tip } = this;
    tip.className = 'tip';
    tip.id = 'explanation-tip';
    tip.setAttribute('role', 'tooltip');
    tip.hidden = true;
    container.append(tip);
    container.addEventListener('pointerover', (event) => this.rest(event.target));
    container.addEventListener('pointerleave', () => this.hide());
    container.addEventListener('focusin', (event) => {
      if (event.target instanceof Element && event.target.matches(':focus-visible')) this.rest(event.target);
    });
    container.addEventListener('focusout', () => this.hide());
    container.addEventListener('scroll', () => this.hide(), { capture: true, passive: true });
    container.addEventListener('pointerdown', () => this.hide());
    container.addEventListener(
      'keydown',
      (event) => {
        if (event.key !== 'Escape' || tip.hidden) return;
        event.preventDefault();
        event.stopPropagation();
        this.hide();
      },
      { capture: true },
    );
  }

  private rest(target: EventTarget | null): void {
    const element = target instanceof Element ? target : null;
    if (element === null || this.tip.contains(element) || !this.state.explains.peek()) return;
    const row = element.closest('.line:not(.part)[aria-expanded="false"]');
    if (row === this.row) return;
    this.hide();
    this.row = row;
    const explanation = row === null ? null : this.explanationOf(row);
    if (row === null || explanation === null) return;
    this.timer = setTimeout(() => this.show(row, element, explanation), patience);
  }

  private explanationOf(row: Element): Explanation | null {
    const view = this.state.view.peek();
    const mark = markOf(row);
    if (view === null || mark === null) return null;
    const message = view[mark.direction];
    const index = lineIndexAt(message.lines, mark.start);
    return index < 0 ? null : explanationOf(message, message.lines[index]);
  }

  private show(row: Element, element: Element, { name, sentence, definedIn }: Explanation): void {
    if (!row.isConnected) return;
    const { tip, container } = this;
    render(
      html`<strong>${name}</strong> <span lang="en">${sentence}</span> <span class="remark">${definedIn}</span>`,
      tip,
    );
    tip.hidden = false;
    const pane = container.getBoundingClientRect();
    const box = row.getBoundingClientRect();
    const below = box.bottom + tip.offsetHeight <= pane.bottom;
    tip.style.top = `${(below ? box.bottom : box.top - tip.offsetHeight) - pane.top}px`;
    element.closest('.cell')?.setAttribute('aria-describedby', tip.id);
  }

  private hide(): void {
    clearTimeout(this.timer);
    this.row = null;
    if (this.tip.hidden) return;
    this.tip.hidden = true;
    render(nothing, this.tip);
    this.container.querySelector(`[aria-describedby="${this.tip.id}"]`)?.removeAttribute('aria-describedby');
  }
}
