/** The page of the preview's panel: a toolbar around the frame that shows the site's page. */
import type { FromPage } from '../../protocol/live.ts';
import type { FromPreview, PreviewData, PreviewState, ToPreview } from '../../protocol/preview.ts';
import { elementOf, setUsable } from './elements.ts';
import { FindBar } from './findBar.ts';
import { Screen } from './screen.ts';
import { Visit } from './visit.ts';

declare function acquireVsCodeApi(): {
  postMessage(message: FromPreview): void;
  getState(): PreviewState | undefined;
  setState(state: PreviewState): void;
};

const workbench = acquireVsCodeApi();
const { data, notice } = document.body.dataset;

if (data !== undefined) {
  const given: PreviewData = JSON.parse(data);
  showPage({ ...given, state: present(given.state) });
} else if (notice !== undefined) {
  workbench.setState(present(JSON.parse(notice)));
  document
    .querySelector('[data-action=startServer]')
    ?.addEventListener('click', () => workbench.postMessage({ type: 'startServer' }));
  document
    .querySelector('[data-action=openInBrowser]')
    ?.addEventListener('click', () => workbench.postMessage({ type: 'openInBrowser', address: '' }));
}

/** Where the panel was last, which what it is told at its making does not know: its server may have started again. */
function present(given: PreviewState): PreviewState {
  const kept = workbench.getState();
  return kept?.file === given.file ? kept : given;
}

function showPage(data: PreviewData): void {
  const frame = elementOf('iframe', HTMLIFrameElement);
  const addressBar = elementOf('#address', HTMLInputElement);
  const back = elementOf('[data-action=back]', HTMLButtonElement);
  const forward = elementOf('[data-action=forward]', HTMLButtonElement);
  /** What the address bar was last given: anything else in it is being typed, and must not be lost. */
  let given = '';
  const showAddress = (address: string) => {
    if (document.activeElement === addressBar && addressBar.value !== given) return;
    given = address;
    addressBar.value = address;
  };
  const visit = new Visit(frame, data, {
    moved(address) {
      showAddress(address);
      keep();
    },
    shown(canBeShown) {
      frame.hidden = !canBeShown;
      elementOf('#outside', HTMLElement).hidden = canBeShown;
      if (!canBeShown) workbench.postMessage({ type: 'title', title: '' });
    },
    titled: (title) => workbench.postMessage({ type: 'title', title }),
    history(canGoBack, canGoForward) {
      setUsable(back, canGoBack);
      setUsable(forward, canGoForward);
    },
    linked: (isLinked) => showRemark(isLinked ? data.remark : unlinkedRemark(data)),
  });
  const find = new FindBar(visit);
  const screen = new Screen(frame, data.state.screen, () => keep());
  function keep(): void {
    workbench.setState({ file: data.state.file, ...visit.history, screen: screen.state });
  }
  const actions: Readonly<Record<string, () => void>> = {
    back: () => visit.back(),
    forward: () => visit.forward(),
    reload: () => visit.reload(),
    find: () => find.open(),
    console: () => workbench.postMessage({ type: 'showConsole' }),
    openInBrowser: () => workbench.postMessage({ type: 'openInBrowser', address: visit.address }),
  };
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-action]')) {
    button.addEventListener('click', () => actions[button.dataset.action ?? '']?.());
  }
  addressBar.addEventListener('keydown', ({ key }) => {
    if (key !== 'Enter' && key !== 'Escape') return;
    given = addressBar.value;
    if (key === 'Enter') visit.go(given);
    else showAddress(visit.address);
  });
  window.addEventListener('keydown', (event) => {
    const action = actionOf(event);
    if (action === undefined) return;
    event.preventDefault();
    if (action === 'address') addressBar.select();
    else actions[action]?.();
  });
  window.addEventListener('message', (event: MessageEvent<ToPreview | FromPage>) => {
    if (event.source === frame.contentWindow) fromPage(event.data as FromPage);
    else fromHost(event.data as ToPreview);
  });

  function fromPage(message: FromPage): void {
    if (typeof message !== 'object' || message === null || message.token !== data.token) return;
    switch (message.spark) {
      case 'page':
        visit.heard(message.address, message.title);
        break;
      case 'deaf':
        visit.deaf();
        break;
      case 'follow':
        visit.go(message.address);
        break;
      case 'console':
        workbench.postMessage({ type: 'console', entry: message.entry });
        if (message.entry.level === 'error') countError();
        break;
      case 'found':
        find.show(message.found);
        break;
      case 'key':
        actions[message.key]?.();
        break;
    }
  }

  function fromHost(message: ToPreview): void {
    switch (message.type) {
      case 'changed':
        if (!visit.hearsChanges) visit.reload();
        break;
      case 'reload':
        visit.reload();
        break;
      case 'find':
        find.open();
        break;
    }
  }

  visit.begin();
}

/** As in browsers. */
function actionOf({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): string | undefined {
  if (ctrlKey || metaKey) return { f: 'find', r: 'reload', l: 'address' }[key];
  return altKey ? { ArrowLeft: 'back', ArrowRight: 'forward' }[key] : undefined;
}

let errors = 0;

function countError(): void {
  errors++;
  const button = elementOf('[data-action=console]', HTMLButtonElement);
  const count = elementOf('[data-action=console] .count', HTMLElement);
  count.textContent = String(errors);
  button.classList.add('has-errors');
  const label = `${button.dataset.label} (${errors})`;
  button.title = label;
  button.setAttribute('aria-label', label);
}

function unlinkedRemark({ token, remark }: PreviewData): string {
  return token === null ? remark : (document.body.dataset.unlinked ?? '');
}

function showRemark(text: string): void {
  elementOf('#remark span', HTMLElement).textContent = text;
  elementOf('#remark', HTMLElement).hidden = text === '';
}
