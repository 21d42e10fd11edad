import { readFileSync } from 'node:fs';

/**
 * VS Code's API, once for all: else each module of ours would copy its hundreds of names for itself at every start.
 *
 * @type {import('esbuild').Plugin}
 */
export const oneVsCode = {
  name: 'one-vscode',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^vscode$/ }, ({ namespace }) =>
      namespace === 'one-vscode'
        ? { path: 'vscode', external: true }
        : { path: 'vscode', namespace: 'one-vscode' },
    );
    onLoad({ filter: /.*/, namespace: 'one-vscode' }, () => {
      const declarations = readFileSync('node_modules/@types/vscode/index.d.ts', 'utf8');
      const names = new Set(
        [...declarations.matchAll(/^\texport (?:abstract )?(?:class|enum|namespace|const|let) (\w+)/gm)].map(
          ([, name]) => name,
        ),
      );
      const lines = [...names].map((name) => `export const ${name} = /* @__PURE__ */ get('${name}');`);
      return {
        contents: `const vscode = require('vscode'); const get = (name) => vscode[name];\n${lines.join('\n')}`,
        resolveDir: '.',
      };
    });
  },
};
