/**
 * Behind a proxy with a path prefix, an address that starts with a slash leads out of the site. Such addresses in the
 * page's elements get the prefix: links and forms when they are used, pictures, style sheets and scripts once the
 * address as it stands has failed.
 */
export function leadRootLinksBack(root: URL): void {
  if (root.pathname === '/') return;
  const tried = new WeakSet<Element>();
  const follow = ({ target }: Event) => {
    const link = target instanceof Element ? target.closest('a[href], area[href]') : null;
    if (link !== null) lead(link, 'href', root);
  };
  // Before the browser follows it, in this tab or another one.
  for (const type of ['click', 'auxclick']) document.addEventListener(type, follow, true);
  document.addEventListener(
    'submit',
    ({ target }) => {
      if (target instanceof HTMLFormElement) lead(target, 'action', root);
    },
    true,
  );
  window.addEventListener(
    'error',
    ({ target }) => {
      if (!(target instanceof Element) || tried.has(target)) return;
      tried.add(target);
      if (target instanceof HTMLScriptElement) runAgain(target, root);
      else lead(target, target instanceof HTMLLinkElement ? 'href' : 'src', root);
    },
    true,
  );
}

/** @returns whether the address started with a slash and now stands below the prefix */
function lead(element: Element, attribute: string, root: URL): boolean {
  const address = element.getAttribute(attribute);
  if (address === null || !/^\/(?!\/)/.test(address) || address.startsWith(root.pathname)) return false;
  element.setAttribute(attribute, root.pathname + address.slice(1));
  return true;
}

/** A script element loads only once, so a copy takes its place. */
function runAgain(script: HTMLScriptElement, root: URL): void {
  const again = document.createElement('script');
  for (const { name, value } of script.attributes) again.setAttribute(name, value);
  if (lead(again, 'src', root)) script.replaceWith(again);
}
