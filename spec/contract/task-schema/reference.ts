import type { Json, JsonObject } from '../source.ts';

/** The steps of a JSON Pointer in a fragment. */
export function stepsOf(ref: string): readonly string[] {
  return ref === '#' ? [] : ref.slice(2).split('/').map(unescaped);
}

/** The schema that a reference leads to. It leads to one: what is compiled has been asked. */
export function schemaAt(root: JsonObject, ref: string): Json {
  let target: Json | undefined = root;
  for (const step of stepsOf(ref)) {
    target = (target as Readonly<Record<string, Json>> | undefined)?.[step];
  }
  if (target === undefined) throw new Error(`${ref} leads to no schema`);
  return target;
}

/** One step. What is no escape stands for itself. */
function unescaped(step: string): string {
  const decoded = step.replace(/%[0-9A-Fa-f]{2}/g, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)));
  return decoded.replaceAll('~1', '/').replaceAll('~0', '~');
}
