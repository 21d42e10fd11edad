/** How files are served. */
import { onOff } from './kinds.ts';
import { option } from './option.ts';

export const siteOptions = {
  cleanUrls: option({
    kind: onOff(false),
    default: false,
    flag: { name: 'clean-urls', help: 'answer /page with the file page.html' },
    setting: 'files.cleanUrls',
  }),
};
