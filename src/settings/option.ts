import { l10n } from '../l10n/l10n.ts';
import type { Kind } from './kinds.ts';

/** Something that users can set: with a flag of the command line, a setting of VS Code, or both. */
export interface Option<Value> {
  readonly type: 'option';
  readonly kind: Kind<Value>;
  readonly default: Value;
  /** On the command line, without the dashes. `help`: a phrase, lower case, without a full stop. */
  readonly flag: { readonly name: string; readonly help: string } | null;
  /** Name in settings.json, without `spark.`; package.json declares it with the same default and bounds. */
  readonly setting: string | null;
  /** No message may hold its value. */
  readonly secret: boolean;
}

export function option<Value>(definition: {
  readonly kind: Kind<Value>;
  readonly default: NoInfer<Value>;
  readonly flag?: { readonly name: string; readonly help: string };
  readonly setting?: string;
  readonly secret?: boolean;
}): Option<Value> {
  const { kind, default: byDefault, flag = null, setting = null, secret = false } = definition;
  return { type: 'option', kind, default: byDefault, flag, setting, secret };
}

/** Options in groups, in the shape of the settings that their values make up. */
export interface OptionTree {
  readonly [name: string]: Option<unknown> | OptionTree;
}

/** What the options of a tree come to. */
export type ValuesOf<Tree> = {
  readonly [Name in keyof Tree]: Tree[Name] extends Option<infer Value> ? Value : ValuesOf<Tree[Name]>;
};

/** The settings that a tree of options makes up, each option's value taken from `read`. */
export function readOptions<Tree extends OptionTree>(
  tree: Tree,
  read: <Value>(option: Option<Value>) => Value,
): ValuesOf<Tree> {
  const values = Object.entries(tree).map(([name, node]) => [
    name,
    isOption(node) ? read(node) : readOptions(node, read),
  ]);
  return Object.fromEntries(values) as ValuesOf<Tree>;
}

/** The options of a tree with the names of the group that they stand in, in their order. */
export function optionsOf(tree: OptionTree, group = ''): { group: string; option: Option<unknown> }[] {
  return Object.entries(tree).flatMap(([name, node]) =>
    isOption(node) ? [{ group, option: node }] : optionsOf(node, name),
  );
}

function isOption(node: Option<unknown> | OptionTree): node is Option<unknown> {
  return node.type === 'option';
}

/** Reads a value of settings.json; where it cannot be used, gives the default and says why. */
export function readSetting<Value>(
  option: Option<Value>,
  json: unknown,
): { value: Value; problem: string | null } {
  const reading = option.kind.fromJson(json);
  if ('value' in reading) return { value: reading.value, problem: null };
  const given = option.secret ? '***' : shorten(withoutUserInfo(JSON.stringify(json) ?? String(json)));
  const byDefault = option.kind.show(option.default) || l10n.t('which is empty');
  return {
    value: option.default,
    problem: l10n.t(
      'The setting {0} is {1}. It has to be {2}. Until it is corrected, Spark uses the default, {3}.',
      `spark.${option.setting}`,
      given,
      reading.wanted,
      byDefault,
    ),
  };
}

/** A value as a message shows it: an address in it may hold a user's name and password (RFC 3986 section 3.2.1). */
export function withoutUserInfo(given: string): string {
  return given.replace(/\/\/[^/?#@\s"]*@/g, '//***@');
}

function shorten(given: string): string {
  return given.length > 60 ? `${given.slice(0, 59)}…` : given;
}
