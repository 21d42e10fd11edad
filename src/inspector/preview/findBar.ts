import { elementOf } from './elements.ts';
import type { Visit } from './visit.ts';

/** Finds text in the page; the page itself does the finding. */
export class FindBar {
  private readonly visit: Visit;
  private readonly bar = elementOf('#find', HTMLElement);
  private readonly input = elementOf('#find input', HTMLInputElement);
  private readonly outcome = elementOf('#find output', HTMLOutputElement);

  constructor(visit: Visit) {
    this.visit = visit;
    this.input.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') this.search(event.shiftKey);
      else if (event.key === 'Escape') this.close();
    });
    elementOf('[data-find=next]', HTMLButtonElement).addEventListener('click', () => this.search(false));
    elementOf('[data-find=previous]', HTMLButtonElement).addEventListener('click', () => this.search(true));
    elementOf('[data-find=close]', HTMLButtonElement).addEventListener('click', () => this.close());
  }

  open(): void {
    this.bar.hidden = false;
    this.input.select();
    this.input.focus();
  }

  show(found: boolean): void {
    this.outcome.textContent = found ? '' : (this.bar.dataset.none ?? '');
  }

  private search(backwards: boolean): void {
    if (this.input.value === '') return;
    if (this.visit.isLinked) this.visit.find(this.input.value, backwards);
    else this.outcome.textContent = this.bar.dataset.unlinked ?? '';
  }

  private close(): void {
    this.bar.hidden = true;
    this.outcome.textContent = '';
    elementOf('iframe', HTMLIFrameElement).focus();
  }
}
