import assert from 'node:assert/strict';
import type { CDPSession, Frame, FrameLocator, Page } from 'playwright-core';
import type { Workbench } from '../workbench.ts';

/** What has the focus: of a grid, the row or cell that is active in it. */
export interface Focus {
  /** Its accessible name, or the text in it. */
  readonly name: string;
  readonly role: string;
  /** The part of the inspector that it stands in: the name of a class; `workbench` outside of every panel. */
  readonly pane: string;
  /** Why it cannot be seen; empty where it can. */
  readonly unseen: string;
}

/** Milliseconds in which the focus has to be where it belongs: some of it comes with the host's answer. */
const patience = 10_000;

/** A workbench whose pointer nobody touches. After every key, something that is in sight has the focus. */
export class Keyboard {
  private readonly workbench: Workbench;

  constructor(workbench: Workbench) {
    this.workbench = workbench;
  }

  private get page(): Page {
    return this.workbench.page;
  }

  /** Presses keys one after the other, and gives what has the focus then. */
  async press(...keys: readonly string[]): Promise<Focus> {
    for (const key of keys) {
      await this.page.keyboard.press(key);
      await this.focus();
    }
    return this.focus();
  }

  async type(text: string): Promise<Focus> {
    await this.page.keyboard.type(text);
    return this.focus();
  }

  /** Runs a command by its name. */
  async command(name: string): Promise<void> {
    const attempts = 6;
    for (let attempt = 1; ; attempt++) {
      try {
        await this.page.keyboard.press('F1');
        await this.workbench.quickInput.waitFor({ timeout: 5000 });
        await this.page.keyboard.type(name);
        await this.choose(name);
        return;
      } catch (error) {
        // A palette that is open does not learn of new commands.
        if (attempt === attempts) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
  }

  /** Chooses the line of a quick pick that has this label; it is the first by now, or arrow keys lead to it. */
  async choose(label: string): Promise<void> {
    await this.activate(label);
    await this.page.keyboard.press('Enter');
  }

  /** Goes to a line of a quick pick. */
  async activate(label: string): Promise<void> {
    const line = this.workbench.quickPick(label);
    await line.waitFor({ timeout: 5000 });
    for (let i = 0; !/\bfocused\b/.test((await line.getAttribute('class')) ?? ''); i++) {
      assert.ok(i < 60, `no key leads to ${label}`);
      await this.page.keyboard.press('ArrowDown');
    }
  }

  /** Opens the context menu by its key, and chooses an entry. */
  async chooseInMenu(...labels: readonly string[]): Promise<void> {
    await this.page.keyboard.press('Shift+F10');
    for (const [i, label] of labels.entries()) {
      const entry = this.page.getByRole('menuitem', { name: label, exact: true });
      await entry.waitFor();
      for (let pressed = 0; !(await entry.evaluate((item) => item.matches(':focus'))); pressed++) {
        assert.ok(pressed < 40, `no key leads to ${label}`);
        await this.page.keyboard.press('ArrowDown');
      }
      await this.page.keyboard.press(i < labels.length - 1 ? 'ArrowRight' : 'Enter');
    }
  }

  /** Waits until something in sight has the focus; fails where it is lost. */
  async focus(): Promise<Focus> {
    let found = await this.now();
    const end = performance.now() + patience;
    while (found.unseen !== '' && performance.now() < end) {
      await this.page.waitForTimeout(20);
      found = await this.now();
    }
    assert.equal(found.unseen, '', `the focus is lost: ${JSON.stringify(found)}`);
    return found;
  }

  /** Waits until what has the focus fits. */
  async focusOn(wanted: { readonly name?: string | RegExp; readonly pane?: string }): Promise<Focus> {
    const fits = ({ name, pane }: Focus) =>
      (wanted.pane === undefined || pane === wanted.pane) &&
      (wanted.name === undefined ||
        (typeof wanted.name === 'string' ? name === wanted.name : wanted.name.test(name)));
    let found = await this.focus();
    const end = performance.now() + patience;
    while (!fits(found) && performance.now() < end) {
      await this.page.waitForTimeout(20);
      found = await this.focus();
    }
    assert.ok(fits(found), `${JSON.stringify(found)} has the focus`);
    return found;
  }

  /** Presses a key until what has the focus fits. */
  async pressUntil(key: string, name: RegExp, most = 40): Promise<Focus> {
    let found = await this.focus();
    for (let i = 0; !name.test(found.name); i++) {
      assert.ok(i < most, `${key} does not lead to ${name}; it led to ${found.name}`);
      found = await this.press(key);
    }
    return found;
  }

  /** Presses a key that may lead out of the panel; where to is VS Code's. */
  async pressBeyond(key: string): Promise<Focus | null> {
    await this.page.keyboard.press(key);
    const frame = await this.focusedFrame();
    return frame === this.page.mainFrame() ? null : this.focus();
  }

  private async now(): Promise<Focus> {
    try {
      const frame = await this.focusedFrame();
      return await frame.evaluate(focusIn);
    } catch (error) {
      // A frame that goes while it is asked.
      return { name: String(error), role: '', pane: '', unseen: 'its page is gone' };
    }
  }

  /** The document that has the focus: a panel's, or the workbench's own. */
  private async focusedFrame(): Promise<Frame> {
    let frame = this.page.mainFrame();
    for (;;) {
      const handle = await frame.evaluateHandle(() => document.activeElement);
      const inner: Frame | null = (await handle.asElement()?.contentFrame()) ?? null;
      if (inner === null) return frame;
      frame = inner;
    }
  }
}

/** In a document: what has its focus. */
function focusIn(): Focus {
  const isPanel = document.body.dataset.vscodeThemeKind !== undefined;
  const { activeElement } = document;
  if (activeElement === null || activeElement === document.body) {
    const unseen = `the body of ${isPanel ? 'a panel' : 'the workbench'} has it`;
    return { name: '', role: '', pane: '', unseen };
  }
  // Of what hides its parts, such as a menu of VS Code, the part that has the focus.
  let focused = activeElement;
  while (focused.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
  const active = document.getElementById(focused.getAttribute('aria-activedescendant') ?? '') ?? focused;
  const name = (active.getAttribute('aria-label') ?? textOf(labelOf(active))).replaceAll(/\s+/g, ' ').trim();
  const role = active.getAttribute('role') ?? active.localName;
  const panes = ['toolbar', 'upper', 'meaning', 'bytes-pane', 'follow', 'splitter'];
  const within = panes.find((pane) => active.closest(`.${pane}`) !== null) ?? 'panel';
  return { name, role, pane: isPanel ? within : 'workbench', unseen: isPanel ? unseenPart() : '' };

  function labelOf(element: Element): Element {
    const hasLabel = ['input', 'select', 'textarea'].includes(element.localName);
    return hasLabel ? ((element as HTMLInputElement).labels?.[0] ?? element) : element;
  }

  function textOf(element: Element): string {
    return element.textContent ?? '';
  }

  function unseenPart(): string {
    const box = active.getBoundingClientRect();
    if (box.width === 0 || box.height === 0 || !active.checkVisibility()) return 'it takes no room';
    if (box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth)
      return 'it is out of sight';
    const framed = [
      active,
      focused,
      ...(focused.matches('.filter-input') ? [focused.closest('.filter')] : []),
    ];
    const isFramed = framed.some((element) => {
      if (element === null) return false;
      const { outlineStyle, outlineWidth, borderTopColor } = getComputedStyle(element);
      if (element.matches('.filter')) return borderTopColor !== 'rgba(0, 0, 0, 0)';
      return outlineStyle !== 'none' && outlineWidth !== '0px';
    });
    return isFramed ? '' : 'nothing shows that it has the focus';
  }
}

/** Starts the server and opens the inspector, by key, with some exchanges in it. */
export async function openInspector(workbench: Workbench, targets: readonly string[]) {
  const keyboard = new Keyboard(workbench);
  await keyboard.command('Spark: Start Server');
  const address = await workbench.serverAddress();
  const get = async (target: string) => (await fetch(new URL(target, address))).arrayBuffer();
  for (const target of targets) await get(target);
  await keyboard.command('Spark: Open Request Inspector');
  await keyboard.focusOn({ pane: 'upper' });
  const inspector = workbench.webview();
  const summary = (text: string | RegExp) => inspector.locator('.summary', { hasText: text }).waitFor();
  await summary(new RegExp(`^\\s*${targets.length} exchange`));
  return { keyboard, address, get, inspector, summary };
}

/** What a screen reader gets to know of an element. */
export interface AccessibleNode {
  readonly role: string;
  readonly name: string;
}

/** The accessibility tree of a panel, as Chromium gives it to those who read it out. */
export async function accessibleNodes(panel: FrameLocator): Promise<AccessibleNode[]> {
  const body = await panel.locator('body').elementHandle();
  const frame = await body?.ownerFrame();
  assert.ok(frame);
  const { session, frameId } = await sessionOf(frame);
  const { nodes } = await session.send('Accessibility.getFullAXTree', { frameId });
  await session.detach();
  return nodes
    .filter(({ ignored }) => !ignored)
    .map(({ role, name }) => ({ role: String(role?.value ?? ''), name: String(name?.value ?? '') }));
}

/** A session with the process that draws a panel's frame, and the frame's name there. */
async function sessionOf(frame: Frame): Promise<{ session: CDPSession; frameId: string }> {
  const page = frame.page();
  for (let root: Frame | null = frame; root !== null; root = root.parentFrame()) {
    const owner = root === page.mainFrame() ? page : root;
    // A frame that its page's own process draws has no session of its own.
    const session = await page
      .context()
      .newCDPSession(owner)
      .catch(() => null);
    if (session === null) continue;
    const { root: document } = await session.send('DOM.getDocument', { depth: -1, pierce: true });
    const frameId = panelFrameIn(document);
    if (frameId !== undefined) return { session, frameId };
    await session.detach();
  }
  throw new Error('No process draws the panel.');
}

interface DocumentNode {
  readonly frameId?: string;
  readonly attributes?: readonly string[];
  readonly children?: readonly DocumentNode[];
  readonly contentDocument?: DocumentNode;
}

/** The name of the frame in which VS Code shows a panel's page. */
function panelFrameIn({
  frameId,
  attributes,
  children = [],
  contentDocument,
}: DocumentNode): string | undefined {
  if (attributes?.includes('active-frame')) return frameId;
  const within = contentDocument === undefined ? children : [...children, contentDocument];
  return within.map(panelFrameIn).find((id) => id !== undefined);
}
