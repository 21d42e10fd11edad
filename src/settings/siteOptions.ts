/** How files are served. */
import { onOff } from './kinds.ts';
import { option } from './option.ts';
import { charset, headerRules, mounts, origins, sitePath } from './siteKinds.ts';

export const siteOptions = {
  listing: option({
    kind: onOff(true),
    default: true,
    flag: { name: 'no-listing', help: 'answer 404 for a folder without index.html instead of listing it' },
    setting: 'files.listing',
  }),
  cleanUrls: option({
    kind: onOff(false),
    default: false,
    flag: { name: 'clean-urls', help: 'answer /page with the file page.html' },
    setting: 'files.cleanUrls',
  }),
  spaFallback: option({
    kind: sitePath('FILE'),
    default: '',
    flag: {
      name: 'spa-fallback',
      help: 'the page that answers for every path that names no file, as index.html',
    },
    setting: 'files.spaFallback',
  }),
  errorPages: option({
    kind: onOff(true),
    default: true,
    flag: {
      name: 'no-error-pages',
      help: "do not use the folder's 404.html and the like as error pages",
    },
    setting: 'files.errorPages',
  }),
  charset: option({
    kind: charset('NAME'),
    default: 'utf-8',
    flag: { name: 'charset', help: 'charset that text files are labelled with; empty: none' },
    setting: 'files.charset',
  }),
  precompressed: option({
    kind: onOff(true),
    default: true,
    flag: { name: 'no-precompressed', help: 'do not send FILE.br or FILE.gz for FILE' },
    setting: 'files.precompressed',
  }),
  compression: option({
    kind: onOff(false),
    default: false,
    flag: { name: 'compression', help: 'compress texts on the fly; in models with an event loop only' },
    setting: 'files.compression',
  }),
  mounts: option({
    kind: mounts('/PREFIX=FOLDER'),
    default: [],
    flag: { name: 'mount', help: 'serve another folder below a prefix; may be repeated' },
    setting: 'mounts',
  }),
  headers: option({
    kind: headerRules('FIELD'),
    default: [],
    flag: {
      name: 'header',
      help: 'a field for every response, "Name: value", or for some paths, "/lib/** Name: value"; may be repeated',
    },
    setting: 'headers',
  }),
  cors: option({
    kind: origins('ORIGIN'),
    default: [],
    flag: {
      name: 'cors',
      help: 'an origin whose scripts may read what is served; may be repeated; * = any',
    },
    setting: 'cors',
  }),
};
