/** A setting of Spark's that is a number or a text, as package.json declares it. */
interface NumberSetting {
  readonly kind: 'integer';
  readonly default: number;
  readonly minimum: number;
  readonly maximum: number;
}

interface TextSetting {
  readonly kind: 'text';
  readonly default: string;
}

const declared = {
  port: { kind: 'integer', default: 5500, minimum: 0, maximum: 65_535 },
  host: { kind: 'text', default: '127.0.0.1' },
  'capture.maxMegabytes': { kind: 'integer', default: 64, minimum: 1, maximum: 4096 },
  'capture.keepMegabytes': { kind: 'integer', default: 16, minimum: 0, maximum: 1024 },
  'capture.bodyKilobytes': { kind: 'integer', default: 1024, minimum: 0, maximum: 65_536 },
} as const satisfies Record<string, NumberSetting | TextSetting>;

export type SettingName = keyof typeof declared;

export type SettingValue<Name extends SettingName> = (typeof declared)[Name] extends NumberSetting
  ? number
  : string;

/** A setting whose value cannot be used, and what is done instead. */
export interface SettingProblem {
  readonly name: SettingName;
  readonly message: string;
}

/** The value of a number setting, or its default and why. */
export function readNumber(
  name: NumberName,
  value: unknown,
): { value: number; problem: SettingProblem | null } {
  const { minimum, maximum, default: fallback } = declared[name];
  if (typeof value === 'number' && Number.isInteger(value) && value >= minimum && value <= maximum) {
    return { value, problem: null };
  }
  const wanted = `a whole number from ${minimum} to ${maximum}`;
  return { value: fallback, problem: problemOf(name, value, wanted, fallback) };
}

/** The value of a text setting, or its default and why. */
export function readText(name: TextName, value: unknown): { value: string; problem: SettingProblem | null } {
  const fallback = declared[name].default;
  if (typeof value === 'string' && value.trim() !== '') return { value: value.trim(), problem: null };
  return { value: fallback, problem: problemOf(name, value, 'a text that is not empty', fallback) };
}

export type NumberName = {
  [N in SettingName]: (typeof declared)[N] extends NumberSetting ? N : never;
}[SettingName];
export type TextName = Exclude<SettingName, NumberName>;

function problemOf(
  name: SettingName,
  value: unknown,
  wanted: string,
  fallback: number | string,
): SettingProblem {
  const shown = shorten(JSON.stringify(value) ?? String(value));
  const message = `The setting spark.${name} is ${shown}, which is not ${wanted}. Spark uses the default, ${fallback}.`;
  return { name, message };
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
