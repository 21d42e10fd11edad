import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import manifest from '../../../package.json' with { type: 'json' };
import texts from '../../../package.nls.json' with { type: 'json' };

const { contributes } = manifest;
const readme = readFileSync('README.md', 'utf8');

function textOf(placeholder: string): string {
  const found = Object.entries(texts).find(([key]) => `%${key}%` === placeholder);
  assert.ok(found !== undefined, `package.nls.json has ${placeholder}`);
  return found[1];
}

/** The first cells of the table below a heading of the README. */
function firstCells(heading: string): string[] {
  const section = readme.split(new RegExp(`^###? ${heading}$`, 'm'))[1]?.split(/^##/m)[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| '));
  return rows.slice(1).map((row) => row.split('|')[1].trim());
}

interface Setting {
  readonly type: string;
  readonly scope?: string;
  readonly order?: number;
  readonly default?: unknown;
  readonly markdownDescription?: string;
  readonly enum?: readonly string[];
  readonly enumDescriptions?: readonly string[];
}

/** Groups of settings, each with its settings by name. */
const groups: readonly { readonly order: number; readonly properties: Readonly<Record<string, Setting>> }[] =
  contributes.configuration.map(({ order, properties }) => ({
    order,
    properties: Object.assign<Record<string, Setting>, object>({}, properties),
  }));
const settings = groups.flatMap(({ properties }) => Object.entries(properties));

interface MenuItem {
  readonly command?: string;
  readonly submenu?: string;
  readonly when?: string;
  readonly group?: string;
}

const menus: [string, readonly MenuItem[]][] = Object.entries(contributes.menus);

describe('settings, as VS Code wants them', () => {
  for (const [name, setting] of settings) {
    test(name, () => {
      assert.ok(setting.default !== undefined, 'it has a default');
      assert.ok(setting.markdownDescription, 'it is described');
      assert.match(setting.scope ?? '', /^(resource|window|machine)$/);
      assert.equal(setting.enum?.length, setting.enumDescriptions?.length, 'each choice is described');
    });
  }

  test('come in groups with an order of their own, and in an order within each', () => {
    const orders = groups.map(({ order }) => order);
    assert.equal(new Set(orders).size, orders.length);
    for (const { properties } of groups) {
      const within = Object.values(properties).map(({ order }) => order);
      assert.equal(new Set(within).size, within.length, Object.keys(properties)[0]);
      assert.ok(!within.includes(undefined), Object.keys(properties)[0]);
    }
  });

  test('that run programs or open the network are not taken from a workspace', () => {
    const scopes = Object.fromEntries(settings.map(([name, { scope }]) => [name, scope]));
    assert.equal(scopes['spark.browser'], 'machine');
    assert.equal(scopes['spark.host'], 'machine');
  });

  test('that are restricted exist', () => {
    const names = settings.map(([name]) => name);
    for (const name of manifest.capabilities.untrustedWorkspaces.restrictedConfigurations) {
      assert.ok(names.includes(name), name);
    }
  });

  test('all stand in the table of the README, and no others', () => {
    const listed = firstCells('Settings').flatMap((cell) => cell.match(/spark\.[\w.]+/g) ?? []);
    assert.deepEqual(listed.sort(), settings.map(([name]) => name).sort());
  });
});

describe('commands, as VS Code wants them', () => {
  const small = /^(a|an|and|as|at|by|for|in|of|on|or|out|the|to|with)\b/;

  for (const { command, title, category } of contributes.commands) {
    test(command, () => {
      assert.equal(category, 'Spark');
      assert.match(command, /^spark\.[a-z][A-Za-z0-9]*$/);
      const words = textOf(title).split(' ');
      assert.ok(
        words.every((word, at) => /^[A-Z]/.test(word) || (at > 0 && small.test(word))),
        `${words.join(' ')} is written as titles are`,
      );
    });
  }

  test('of menus exist', () => {
    const commands: string[] = contributes.commands.map(({ command }) => command);
    for (const [menu, items] of menus) {
      for (const { command } of items) {
        assert.ok(command === undefined || commands.includes(command), `${menu}: ${command}`);
      }
    }
  });

  test('that the palette shows all stand in the table of the README, and no others', () => {
    const hidden = contributes.menus.commandPalette.flatMap(({ command, when }) =>
      when === 'false' ? [command] : [],
    );
    const shown = contributes.commands
      .filter(({ command }) => !hidden.includes(command))
      .map(({ title }) => textOf(title))
      // One line of the table stands for the seven formats.
      .filter((title) => !title.startsWith('Copy Bytes as '));
    const listed = firstCells('Commands')
      .flatMap((cell) => cell.split(', '))
      .filter((title) => !/^(Copy Bytes as|\.\.\. as) /.test(title));
    assert.deepEqual(listed.sort(), shown.sort());
  });
});

describe('menus, as VS Code wants them', () => {
  test('no row of the tree has more than three buttons', () => {
    const states = [
      'server.running',
      'server.running.shared',
      'server.died',
      'server.stopped',
      'connection.open',
    ];
    for (const state of [...states, 'connection.closed', 'exchange', 'server.imported']) {
      const buttons = contributes.menus['view/item/context'].filter(
        ({ when, group }) => group.startsWith('inline') && holdsFor(when, state),
      );
      assert.ok(buttons.length <= 3, `${state} has ${buttons.length}`);
    }
  });

  test('a server is shared or no longer shared, each by itself', () => {
    const offered = (state: string) =>
      contributes.menus['view/item/context']
        .filter(({ when }) => holdsFor(when, state))
        .map(({ command }) => command);
    assert.ok(offered('server.running').includes('spark.shareOnNetwork'));
    assert.ok(!offered('server.running').includes('spark.stopSharing'));
    assert.ok(offered('server.running.shared').includes('spark.stopSharing'));
    assert.ok(!offered('server.running.shared').includes('spark.shareOnNetwork'));
    assert.ok(offered('server.running.shared').includes('spark.openInBrowser'));
  });
});

/** Whether the part of a condition that is about the row holds for it. */
function holdsFor(when: string, contextValue: string): boolean {
  const [, pattern] = /viewItem =~ \/(.*?)\/(?: |$)/.exec(when) ?? [];
  if (pattern !== undefined) return new RegExp(pattern).test(contextValue);
  return /viewItem == (\S+)/.exec(when)?.[1] === contextValue;
}

describe('the rest of the manifest, as VS Code wants it', () => {
  test('one container with one view; a walkthrough of at most six steps, each with a picture and an end', () => {
    assert.equal(contributes.viewsContainers.activitybar.length, 1);
    assert.equal(contributes.views.spark.length, 1);
    assert.equal(contributes.walkthroughs.length, 1);
    const [{ steps }] = contributes.walkthroughs;
    assert.ok(steps.length <= 6);
    for (const { id, media, completionEvents } of steps) {
      const svg = readFileSync(media.svg, 'utf8');
      assert.ok(svg.includes('var(--vscode-'), `${id}: its picture has the theme's colours`);
      assert.ok(textOf(media.altText).length > 10, id);
      assert.ok(completionEvents.length > 0, id);
    }
  });

  test('it starts when it is asked for, where there are sockets, and says where it cannot', () => {
    assert.ok(!manifest.activationEvents.some((event) => /^(\*|onStartupFinished)$/.test(event)));
    assert.deepEqual(manifest.extensionKind, ['workspace']);
    assert.ok(!('browser' in manifest));
    const { untrustedWorkspaces, virtualWorkspaces } = manifest.capabilities;
    assert.equal(untrustedWorkspaces.supported, 'limited');
    assert.equal(virtualWorkspaces.supported, false);
    assert.ok(textOf(virtualWorkspaces.description).length > 10);
    assert.ok(textOf(untrustedWorkspaces.description).length > 10);
  });

  test('its icons are files, that of the activity bar in one colour', () => {
    assert.ok(existsSync(manifest.icon));
    const svg = readFileSync(contributes.viewsContainers.activitybar[0].icon, 'utf8');
    const colours = new Set(
      [...svg.matchAll(/(?:fill|stroke)="(?!none)([^"]+)"/g)].map(([, colour]) => colour),
    );
    assert.equal(colours.size, 1);
  });
});
