// Stands in for VS Code's extension host: node extensionHost.cjs BUNDLE FOLDER
// Activates the extension, where nothing was ever started, and says on its standard output what that made run. It ends by
// itself if nothing goes on.
const childProcess = require('node:child_process');
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');

const [bundle, folder] = process.argv.slice(2);
/** @type {string[]} */
const loaded = [];
/** @type {string[]} */
const started = [];

/** @param {any} holder @param {string} name */
function watched(holder, name) {
  const original = holder[name];
  holder[name] = function (/** @type {unknown[]} */ ...args) {
    started.push(name);
    return new.target === undefined ? original.apply(this, args) : new original(...args);
  };
}

for (const name of ['setTimeout', 'setInterval']) watched(globalThis, name);
for (const name of ['spawn', 'fork', 'exec', 'execFile']) watched(childProcess, name);
for (const name of ['watch', 'watchFile']) watched(fs, name);
// Its first one takes milliseconds.
watched(Intl, 'NumberFormat');
watched(require('node:vm'), 'createContext');

/**
 * Whatever it is asked for: a function, a class, a namespace.
 *
 * @returns {any}
 */
function anything() {
  return new Proxy(class {}, {
    get: (target, name) =>
      name === 'then' ? undefined : name === 'prototype' ? target.prototype : anything(),
    apply: anything,
    construct: anything,
    set: () => true,
  });
}

/** @param {Record<string, unknown>} known */
function namespace(known) {
  return new Proxy(known, { get: (target, name) => target[String(name)] ?? anything() });
}

const uri = (/** @type {string[]} */ ...segments) => ({ scheme: 'file', fsPath: path.join(...segments) });
const vscode = namespace({
  Uri: {
    joinPath: (/** @type {{ fsPath: string }} */ base, /** @type {string[]} */ ...segments) =>
      uri(base.fsPath, ...segments),
  },
  env: namespace({ language: 'en' }),
  l10n: { t: (/** @type {string} */ text) => text, bundle: undefined },
  workspace: namespace({
    isTrusted: true,
    workspaceFolders: [],
    getConfiguration: () => ({ get: () => undefined }),
    createFileSystemWatcher: () => started.push('createFileSystemWatcher'),
  }),
});

const loader = /** @type {any} */ (Module);
const load = loader._load;
loader._load = function (/** @type {string} */ request, /** @type {unknown[]} */ ...rest) {
  if (request === 'vscode') return vscode;
  if (!Module.isBuiltin(request)) loaded.push(path.basename(request));
  return load.call(this, request, ...rest);
};

/** @type {{ dispose(): void }[]} */
const subscriptions = [];
require(bundle).activate({
  extensionUri: uri(folder, 'extension'),
  storageUri: uri(folder, 'storage'),
  globalStorageUri: uri(folder, 'globalStorage'),
  workspaceState: { get: (/** @type {string} */ _, /** @type {unknown} */ value) => value },
  subscriptions,
});
process.on('exit', () => process.stdout.write(JSON.stringify({ loaded, started })));
