/** Names that requests may be for. */
import { l10n } from '../l10n/l10n.ts';
import { type Kind, listOfTexts, type Reading } from './kinds.ts';

/** Host names and addresses as they stand in Host, with a port or without, or `*`. */
export function hostNames(form: string): Kind<readonly string[]> {
  const wanted = () => l10n.t('host names, as dev.example.com, or *');
  const read = (list: readonly unknown[]): Reading<readonly string[]> => {
    const value = list.map((one) => (typeof one === 'string' ? one.trim() : ''));
    return value.every((one) => one === '*' || isHost(one)) ? { value } : { wanted: wanted() };
  };
  return listOfTexts(form, wanted, read);
}

function isHost(text: string): boolean {
  const isIpv6 = /^(?:[0-9a-f]*:[0-9a-f.]*:[0-9a-f:.]*|\[[0-9a-f:.]+\](?::\d+)?)$/i;
  return isIpv6.test(text) || /^[^\s/?#@,:[\]*.][^\s/?#@,:[\]*]*(?::\d+)?$/.test(text);
}
