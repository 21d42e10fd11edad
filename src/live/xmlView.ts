/**
 * The page that stands for an XML file in the preview's frame, where browsers show only the text content and no tree. It
 * fetches the file like any script, and so also shows unsaved changes, and why a file is not well-formed.
 */

/** A larger file is left to the browser, which shows its text content: a tree of it would take minutes. */
const mostCharacters = 2_000_000;
const { searchParams } = new URL(location.href);
const style = `
:root { color-scheme: light; --text: #1f2328; --page: #fff; --faint: #57606a; --name: #0550ae; --attribute: #6639ba; --value: #0a3069; --comment: #4d7a3a; --error: #a40e26; }
:root.dark { color-scheme: dark; --text: #d6dae0; --page: #1a1d21; --faint: #9aa4af; --name: #79c0ff; --attribute: #d2b3ff; --value: #a5d6ff; --comment: #8fc78a; --error: #ff8f85; }
:root.contrast { --faint: var(--text); }
:root.dark.contrast { --text: #fff; --page: #000; }
:root.contrast:not(.dark) { --text: #000; }
body { margin: 0; padding: 12px 16px; background: var(--page); color: var(--text); font: 13px/1.6 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
.leaf, summary, .end, details details { margin-left: 1.4em; }
details > .leaf { margin-left: 2.8em; }
summary, .leaf { white-space: pre-wrap; overflow-wrap: anywhere; }
summary { cursor: pointer; list-style-position: outside; }
details:not([open]) > summary::after { content: " ..."; color: var(--faint); }
.mark { color: var(--faint); } .name { color: var(--name); } .attribute { color: var(--attribute); }
.value { color: var(--value); } .comment { color: var(--comment); }
[role=alert] { color: var(--error); white-space: pre-wrap; margin: 0 0 12px; }
pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
summary:focus-visible { outline: 2px solid currentColor; outline-offset: 1px; }
`;

function adopt(): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  document.adoptedStyleSheets = [sheet];
  const theme = searchParams.get('theme') ?? '';
  const system = matchMedia('(prefers-color-scheme: dark)').matches;
  const isDark = theme === '' ? system : /dark|^vscode-high-contrast$/.test(theme);
  document.documentElement.classList.toggle('dark', isDark);
  document.documentElement.classList.toggle('contrast', theme.includes('high-contrast'));
}

type Part = Node | string;

function coloured(kind: string, text: string): HTMLElement {
  const element = document.createElement('span');
  element.className = kind;
  element.textContent = text;
  return element;
}

function block(name: string, kind: string, ...parts: readonly Part[]): HTMLElement {
  const element = document.createElement(name);
  if (kind !== '') element.className = kind;
  element.append(...parts);
  return element;
}

function startTag(element: Element, end: string): Part[] {
  const attributes = [...element.attributes].flatMap(({ name, value }) => [
    ' ',
    coloured('attribute', name),
    coloured('mark', '='),
    coloured('value', `"${value.replaceAll('"', '&quot;')}"`),
  ]);
  return [coloured('mark', '<'), coloured('name', element.nodeName), ...attributes, coloured('mark', end)];
}

function endTag(element: Element): Part[] {
  return [coloured('mark', '</'), coloured('name', element.nodeName), coloured('mark', '>')];
}

/** A node as it is shown; none for white space between elements. */
function shown(node: Node): Part[] {
  const text = node.nodeValue ?? '';
  switch (node.nodeType) {
    case Node.ELEMENT_NODE:
      return [shownElement(node as Element)];
    case Node.TEXT_NODE:
      return text.trim() === '' ? [] : [block('div', 'leaf', text.trim())];
    case Node.CDATA_SECTION_NODE:
      return [block('div', 'leaf', coloured('mark', '<![CDATA['), text, coloured('mark', ']]>'))];
    case Node.COMMENT_NODE:
      return [block('div', 'leaf', coloured('comment', `<!--${text}-->`))];
    case Node.PROCESSING_INSTRUCTION_NODE:
      return [block('div', 'leaf', coloured('mark', `<?${node.nodeName} ${text}?>`))];
    case Node.DOCUMENT_TYPE_NODE:
      return [block('div', 'leaf', coloured('mark', `<!DOCTYPE ${node.nodeName}>`))];
    default:
      return [];
  }
}

function shownElement(element: Element): HTMLElement {
  const { firstChild } = element;
  if (firstChild === null) return block('div', 'leaf', ...startTag(element, '/>'));
  const onlyText = element.childNodes.length === 1 && firstChild.nodeType === Node.TEXT_NODE;
  if (onlyText) {
    const text = firstChild.nodeValue ?? '';
    return block('div', 'leaf', ...startTag(element, '>'), text, ...endTag(element));
  }
  const details = block('details', '', block('summary', '', ...startTag(element, '>')));
  details.setAttribute('open', '');
  details.append(...[...element.childNodes].flatMap(shown), block('div', 'end', ...endTag(element)));
  return details;
}

/** Chromium and Firefox put their words on what is wrong into the document itself. */
function problemOf(parsed: Document): string | null {
  const error = parsed.querySelector('parsererror');
  return error === null ? null : (error.querySelector('div')?.textContent ?? error.textContent ?? '');
}

function alert(text: string): HTMLElement {
  const element = block('p', '', text);
  element.setAttribute('role', 'alert');
  return element;
}

async function show(file: string): Promise<void> {
  const address = new URL(file, new URL('../../', location.href));
  document.title = decodeURIComponent(file.split('/').at(-1) ?? '');
  const answer = await fetch(address, { cache: 'no-store' });
  const source = await answer.text();
  if (!answer.ok) {
    // The server's error page says what is wrong.
    location.replace(address);
    return;
  }
  if (source.length > mostCharacters) {
    location.replace(address);
    return;
  }
  const parsed = new DOMParser().parseFromString(source, 'application/xml');
  const problem = problemOf(parsed);
  if (problem !== null) {
    document.body.replaceChildren(alert(problem.trim()), block('pre', '', source));
    return;
  }
  const hasStyle = [...parsed.childNodes].some(({ nodeName }) => nodeName === 'xml-stylesheet');
  // A file with a style sheet of its own is left to the browser, which applies it.
  if (hasStyle) location.replace(address);
  else document.body.replaceChildren(...[...parsed.childNodes].flatMap(shown));
}

adopt();
const file = searchParams.get('file');
if (file !== null) {
  show(file).catch((error: unknown) => document.body.replaceChildren(alert(String(error))));
}
