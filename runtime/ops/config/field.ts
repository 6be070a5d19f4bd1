import type { Secret } from './secret.ts';

/** One setting: everything said about it once. The schema, the variables, the defaults and the page come from here. */
export interface Field<Value> {
  readonly about: string;
  /** The environment variable that says it; it counts more than the file. */
  readonly variable: string;
  /** JSON Schema of what may be written. */
  readonly schema: FieldSchema;
  /** When nobody says anything. Absent: it is off. */
  readonly fallback?: Value;
  /** The value is the name of a file, and the file holds the secret. */
  readonly secret?: true;
}

export type FieldSchema =
  | { readonly type: 'integer'; readonly minimum: number; readonly maximum: number }
  | { readonly type: 'number'; readonly minimum: number; readonly maximum: number }
  | { readonly type: 'boolean' }
  | { readonly type: 'string'; readonly enum: readonly string[] }
  | {
      readonly type: 'string';
      readonly minLength: number;
      readonly maxLength: number;
      readonly pattern?: string;
      /** What the pattern means, for who broke it. */
      readonly 'x-form'?: string;
    };

/** Settings by name; one level of groups. */
export type Fields = Readonly<Record<string, Field<unknown> | Readonly<Record<string, Field<unknown>>>>>;

export type ValuesOf<F> = {
  readonly [K in keyof F]: F[K] extends Field<infer Value> ? Value : ValuesOf<F[K]>;
};

type About = Pick<Field<unknown>, 'about' | 'variable'>;

export function integer(minimum: number, maximum: number, fallback: number, about: About): Field<number> {
  return { ...about, schema: { type: 'integer', minimum, maximum }, fallback };
}

export function share(fallback: number, about: About): Field<number> {
  return { ...about, schema: { type: 'number', minimum: 0, maximum: 1 }, fallback };
}

export function flag(fallback: boolean, about: About): Field<boolean> {
  return { ...about, schema: { type: 'boolean' }, fallback };
}

export function choice<const C extends readonly [string, ...string[]]>(
  choices: C,
  fallback: C[number],
  about: About,
): Field<C[number]> {
  return { ...about, schema: { type: 'string', enum: choices }, fallback };
}

/** What a text has to look like. */
export type Form = readonly [pattern: string, words: string];

export function text(form: Form | undefined, fallback: string, about: About): Field<string> {
  return { ...about, schema: textSchema(form), fallback };
}

export function optional(form: Form | undefined, about: About): Field<string | undefined> {
  return { ...about, schema: textSchema(form) };
}

/** Written as `<name>File`: the secret itself never stands in the configuration. */
export function secret(about: About): Field<Secret | undefined> {
  return { ...about, schema: textSchema(undefined), secret: true };
}

function textSchema(form: Form | undefined): FieldSchema {
  const length = { type: 'string', minLength: 1, maxLength: 2048 } as const;
  return form === undefined ? length : { ...length, pattern: form[0], 'x-form': form[1] };
}

export function isField(value: Field<unknown> | Readonly<Record<string, Field<unknown>>>): value is Field<unknown> {
  return typeof value['variable'] === 'string';
}

/** A field with the path under which a file says it: `store.passwordFile`. */
export interface PlacedField {
  readonly path: readonly string[];
  /** Where its value is in what `readConfig` returns. */
  readonly key: readonly string[];
  readonly field: Field<unknown>;
}

export function placedFields(fields: Fields): readonly PlacedField[] {
  return Object.entries(fields).flatMap(([name, value]) =>
    isField(value)
      ? [placed([], name, value)]
      : Object.entries(value).map(([inner, field]) => placed([name], inner, field)),
  );
}

function placed(group: readonly string[], name: string, field: Field<unknown>): PlacedField {
  const written = field.secret === true ? `${name}File` : name;
  return { path: [...group, written], key: [...group, name], field };
}
