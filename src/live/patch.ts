/**
 * Changes a page as its source has changed: what is alike in the source before and after is left as it is in the page,
 * with its scroll position, focus, input and whatever scripts have made of it.
 */

/** Thrown where the page cannot be patched safely, and has to be loaded anew. */
export class UnsafePatch extends Error {}

/** Elements that do something once, when the parser meets them, or decide how the rest is read. */
const once = new Set(['SCRIPT', 'BASE', 'META', 'NOSCRIPT']);
/** Pairs of children to compare in one element; beyond these, the patch is given up. */
const mostComparisons = 250_000;

/**
 * Changes the page by what differs between two versions of its source.
 *
 * @param page the page's document, made from `before` and perhaps changed by scripts since
 * @throws UnsafePatch before anything is changed
 */
export function patchDocument(page: Document, before: Document, after: Document): void {
  const steps: (() => void)[] = [];
  plan(page.documentElement, before.documentElement, after.documentElement, steps);
  for (const step of steps) step();
}

function plan(live: Element, before: Element, after: Element, steps: (() => void)[]): void {
  planAttributes(live, before, after, steps);
  const olds = [...before.childNodes];
  const news = [...after.childNodes];
  const pairs = align(olds, news);
  if (olds.length === news.length && pairs.every(({ old, now }) => alike(old, now))) return;
  const lives = correspondents(live, olds);
  let next: ChildNode | null = null;
  // From the end on, so that the place to insert at is a node that stays.
  for (const { old, now } of pairs.toReversed()) {
    const present = old === null ? null : lives[olds.indexOf(old)];
    if (now === null) {
      if (present !== null) planRemoval(present, steps);
    } else if (present === null || old === null) {
      next = planInsertion(live, now, next ?? endOf(live, lives), steps);
    } else {
      if (!alike(old, now)) planChange(present, old, now, steps);
      next = present;
    }
  }
}

function planAttributes(live: Element, before: Element, after: Element, steps: (() => void)[]): void {
  for (const { name } of before.attributes) {
    if (!after.hasAttribute(name)) steps.push(() => live.removeAttribute(name));
  }
  for (const { name, value } of after.attributes) {
    if (before.getAttribute(name) !== value) steps.push(() => live.setAttribute(name, value));
  }
}

function planChange(live: ChildNode, old: ChildNode, now: ChildNode, steps: (() => void)[]): void {
  if (live instanceof CharacterData && now.nodeValue !== null) {
    const text = now.nodeValue;
    // A script has written something else there, which a patch would overwrite.
    if (live.data !== old.nodeValue) throw new UnsafePatch('A script has changed a text.');
    steps.push(() => {
      live.data = text;
    });
    return;
  }
  if (live instanceof Element && isElement(old) && isElement(now)) {
    if (once.has(live.tagName)) throw new UnsafePatch(`A ${live.tagName} element has changed.`);
    if (live.tagName === 'TEMPLATE') throw new UnsafePatch('A template has changed.');
    plan(live, old, now, steps);
  }
}

function planRemoval(live: ChildNode, steps: (() => void)[]): void {
  if (isElement(live) && actsOnce(live)) throw new UnsafePatch(`A ${live.tagName} element has gone.`);
  steps.push(() => live.remove());
}

function planInsertion(
  parent: Element,
  node: ChildNode,
  before: ChildNode | null,
  steps: (() => void)[],
): ChildNode {
  if (isElement(node) && actsOnce(node)) throw new UnsafePatch(`A ${node.tagName} element has come.`);
  const copy = parent.ownerDocument.importNode(node, true);
  steps.push(() => parent.insertBefore(copy, before));
  return copy;
}

function actsOnce(element: Element): boolean {
  return once.has(element.tagName) || element.querySelector([...once].join()) !== null;
}

/** The node before which additions at the end of the source go: the first that scripts have appended, if any. */
function endOf(live: Element, lives: readonly ChildNode[]): ChildNode | null {
  const last = lives.at(-1);
  return last === undefined ? live.firstChild : last.nextSibling;
}

/** The children of the page's element that the source's children have become, in order. */
function correspondents(live: Element, olds: readonly ChildNode[]): ChildNode[] {
  const children = [...live.childNodes];
  const found: ChildNode[] = [];
  let next = 0;
  for (const old of olds) {
    while (next < children.length && !isKin(children[next], old)) next++;
    if (next === children.length) throw new UnsafePatch('A script has changed what stands here.');
    found.push(children[next]);
    next++;
  }
  return found;
}

/** Whether a node of the page can be what became of a node of the source. */
function isKin(live: ChildNode, old: ChildNode): boolean {
  if (live.nodeName !== old.nodeName) return false;
  return !isElement(live) || !isElement(old) || live.id === old.id;
}

interface Pair {
  readonly old: ChildNode | null;
  readonly now: ChildNode | null;
}

/** Pairs the children before with those after: those that are alike first, then by their kind, in order. */
function align(olds: readonly ChildNode[], news: readonly ChildNode[]): Pair[] {
  let start = 0;
  while (start < olds.length && start < news.length && alike(olds[start], news[start])) start++;
  let oldEnd = olds.length;
  let newEnd = news.length;
  while (oldEnd > start && newEnd > start && alike(olds[oldEnd - 1], news[newEnd - 1])) {
    oldEnd--;
    newEnd--;
  }
  const same = (_: ChildNode, i: number): Pair => ({ old: olds[i], now: news[i] });
  return [
    ...olds.slice(0, start).map(same),
    ...alignDifferent(olds.slice(start, oldEnd), news.slice(start, newEnd)),
    ...olds.slice(oldEnd).map((old, i) => ({ old, now: news[newEnd + i] })),
  ];
}

/** By the longest common subsequence of nodes that are alike; what lies between is paired by kind. */
function alignDifferent(olds: readonly ChildNode[], news: readonly ChildNode[]): Pair[] {
  if (olds.length * news.length > mostComparisons) throw new UnsafePatch('Too much has changed.');
  const width = news.length + 1;
  const longest = new Uint32Array((olds.length + 1) * width);
  for (let i = olds.length - 1; i >= 0; i--) {
    for (let j = news.length - 1; j >= 0; j--) {
      longest[i * width + j] = alike(olds[i], news[j])
        ? longest[(i + 1) * width + j + 1] + 1
        : Math.max(longest[(i + 1) * width + j], longest[i * width + j + 1]);
    }
  }
  const pairs: Pair[] = [];
  let i = 0;
  let j = 0;
  let oldGap = 0;
  let newGap = 0;
  const closeGap = () => pairs.push(...alignByKind(olds.slice(oldGap, i), news.slice(newGap, j)));
  while (i < olds.length && j < news.length) {
    if (alike(olds[i], news[j])) {
      closeGap();
      pairs.push({ old: olds[i++], now: news[j++] });
      oldGap = i;
      newGap = j;
    } else if (longest[(i + 1) * width + j] >= longest[i * width + j + 1]) i++;
    else j++;
  }
  i = olds.length;
  j = news.length;
  closeGap();
  return pairs;
}

function alignByKind(olds: readonly ChildNode[], news: readonly ChildNode[]): Pair[] {
  const pairs: Pair[] = [];
  let used = 0;
  for (const now of news) {
    const found = olds.findIndex((old, i) => i >= used && isKin(now, old));
    if (found < 0) {
      pairs.push({ old: null, now });
      continue;
    }
    for (; used < found; used++) pairs.push({ old: olds[used], now: null });
    pairs.push({ old: olds[used++], now });
  }
  for (; used < olds.length; used++) pairs.push({ old: olds[used], now: null });
  return pairs;
}

function alike(old: ChildNode | null, now: ChildNode | null): boolean {
  if (old === null || now === null) return old === now;
  if (!old.isEqualNode(now)) return false;
  // What is in templates is not among the nodes that isEqualNode compares.
  return !isElement(old) || !isElement(now) || templates(old) === templates(now);
}

function templates(element: Element): string {
  const inside = [...element.querySelectorAll('template')];
  if (element instanceof HTMLTemplateElement) inside.unshift(element);
  return inside.map(({ innerHTML }) => innerHTML).join('\0');
}

function isElement(node: Node): node is Element {
  return node.nodeType === Node.ELEMENT_NODE;
}
