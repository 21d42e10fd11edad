/** The script that the server puts into a previewed page. It shows what has changed, and links page and panel. */
import type { LiveChange } from '../protocol/live.ts';
import { LiveAddress } from './address.ts';
import { openChannel } from './channel.ts';
import { Dependencies } from './dependencies.ts';
import { Link } from './link.ts';
import { LivePage } from './page.ts';
import { leadRootLinksBack } from './rootLinks.ts';

const script = document.currentScript;
if (script instanceof HTMLScriptElement) {
  const address = new LiveAddress(script.src);
  const { version = '', after = '' } = script.dataset;
  // The page must have the same elements as its source.
  script.remove();
  leadRootLinksBack(address.root);
  const link = new Link(address.token);
  const page = new LivePage(address, new Dependencies(address), version);
  openChannel(
    address,
    after,
    (change: LiveChange) => void page.changed(change),
    () => link.tellDeaf(),
  );
}
