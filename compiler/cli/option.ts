/**
 * Options of a command, declared once: the parser, `--help`, shell completion, the reference and the type of the values
 * all come from here. The key of an option is its long name: `dryRun` is `--dry-run`.
 */
export interface OptionSpec<Value> {
  readonly kind: 'flag' | 'text' | 'many' | 'choice' | 'integer';
  readonly summary: string;
  /** What stands for the value in help: `<name>`. */
  readonly placeholder?: string;
  readonly choices?: readonly string[];
  readonly fallback?: Value;
  /** What a shell completes the value with. */
  readonly complete?: Completion;
  /** Smallest and largest value of an integer. */
  readonly bounds?: readonly [min: number, max: number];
}

/** What the shell offers for a value. */
export type Completion = 'file' | 'directory' | 'environment' | readonly string[];

export type OptionSpecs = Readonly<Record<string, OptionSpec<unknown>>>;

/** The values of declared options. */
export type OptionValues<Specs extends OptionSpecs> = {
  readonly [K in keyof Specs]: Specs[K] extends OptionSpec<infer Value> ? Value : never;
};

/** `--name`: true or false. */
export function flag(summary: string): OptionSpec<boolean> {
  return { kind: 'flag', summary, fallback: false };
}

/** `--name <placeholder>`: a text, or nothing. */
export function text(placeholder: string, summary: string, complete?: Completion): OptionSpec<string | undefined> {
  return { kind: 'text', placeholder, summary, ...(complete === undefined ? {} : { complete }) };
}

/** `--name a --name b`, or `--name a,b`: texts in the order given, each once. */
export function many(placeholder: string, summary: string, complete?: Completion): OptionSpec<readonly string[]> {
  return { kind: 'many', placeholder, summary, fallback: [], ...(complete === undefined ? {} : { complete }) };
}

/** `--name <one of>`; the first choice is the default. */
export function choice<const C extends readonly [string, ...string[]]>(
  choices: C,
  placeholder: string,
  summary: string,
): OptionSpec<C[number]> {
  return { kind: 'choice', placeholder, summary, choices, fallback: choices[0], complete: choices };
}

/** `--name <n>`: a whole number within bounds. */
export function integer(
  placeholder: string,
  summary: string,
  bounds: readonly [number, number],
  fallback: number,
): OptionSpec<number> {
  return { kind: 'integer', placeholder, summary, bounds, fallback };
}

/** `dryRun` -> `--dry-run`. */
export function longFlag(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** `--format <format>`, as it stands in help. */
export function optionTerm(key: string, spec: OptionSpec<unknown>): string {
  return spec.placeholder === undefined ? longFlag(key) : `${longFlag(key)} <${spec.placeholder}>`;
}

/** The summary with what may be given and what is taken when nothing is. */
export function optionSummary(spec: OptionSpec<unknown>): string {
  const notes = [
    ...(spec.kind === 'many' ? ['may be repeated'] : []),
    ...(spec.choices === undefined ? [] : [spec.choices.join(', ')]),
    ...(spec.bounds === undefined ? [] : [`${spec.bounds[0]} to ${spec.bounds[1]}`]),
    ...(typeof spec.fallback === 'string' || typeof spec.fallback === 'number' ? [`default ${spec.fallback}`] : []),
  ];
  return notes.length === 0 ? spec.summary : `${spec.summary} (${notes.join('; ')})`;
}
