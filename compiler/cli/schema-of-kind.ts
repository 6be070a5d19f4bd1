import type { Json, JsonObject } from '../../spec/contract/source.ts';
import { languageOf } from './explain/language.ts';
import { compareText } from '../../spec/contract/text.ts';

/** The schema of one kind with the building blocks it needs; the names of all kinds when there is no such kind. */
export function kindSchema(
  bundle: JsonObject,
  kind: string,
): { readonly schema: JsonObject } | { readonly kinds: readonly string[] } {
  const language = languageOf(bundle);
  const name = language.kinds.find((known) => known.toLowerCase() === kind.toLowerCase());
  const schema = name === undefined ? undefined : language.def(name);
  if (schema === undefined) return { kinds: language.kinds };
  const defs: Record<string, Json> = {};
  collect(schema, (ref) => {
    const def = language.def(ref);
    if (def === undefined || ref in defs) return undefined;
    defs[ref] = def;
    return def;
  });
  const sorted = Object.fromEntries(Object.entries(defs).sort(([a], [b]) => compareText(a, b)));
  return { schema: { $schema: 'https://json-schema.org/draft/2020-12/schema', ...schema, $defs: sorted } };
}

/** Follows every reference below a schema; `enter` gives what is behind one that is new. */
function collect(node: Json, enter: (name: string) => JsonObject | undefined): void {
  if (typeof node !== 'object' || node === null) return;
  for (const [key, value] of Object.entries(node)) {
    if (key === '$ref' && typeof value === 'string') {
      const next = enter(value.slice('#/$defs/'.length));
      if (next !== undefined) collect(next, enter);
    } else collect(value, enter);
  }
}
