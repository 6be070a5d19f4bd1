import type { Metafile } from 'esbuild';

export type Outputs = Metafile['outputs'];

/** Chunks that become one script, by the modules where they begin; what these import belongs to it. */
export interface Group {
  readonly name: string;
  readonly modules: readonly string[];
}

/**
 * The chunks of each group, in the order in which they run. A chunk belongs to the first group that needs it, so that no
 * group needs a later one; what the modules of `apart` need belongs to none.
 */
export function membersOf(
  outputs: Outputs,
  groups: readonly Group[],
  apart: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const taken = new Set<string>();
  const take = (modules: readonly string[]): readonly string[] => {
    const found: string[] = [];
    for (const module of modules) visit(outputs, chunkOf(outputs, module), taken, found);
    return found;
  };
  take(apart);
  return new Map(groups.map(({ name, modules }) => [name, take(modules)]));
}

function visit(outputs: Outputs, path: string, taken: Set<string>, found: string[]): void {
  if (taken.has(path)) return;
  taken.add(path);
  for (const { kind, external, path: next } of outputs[path]?.imports ?? [])
    if (kind === 'import-statement' && external !== true) visit(outputs, next, taken, found);
  found.push(path);
}

function chunkOf(outputs: Outputs, module: string): string {
  const path = Object.keys(outputs).find((one) => Object.hasOwn(outputs[one]?.inputs ?? {}, module));
  if (path === undefined) throw new Error(`${module} is in no chunk`);
  return path;
}

/** Chunks that somebody asks for by their names: programs, and what is imported when it is needed. */
export function namedChunks(outputs: Outputs): ReadonlySet<string> {
  const named = new Set(Object.keys(outputs).filter((path) => outputs[path]?.entryPoint !== undefined));
  for (const { imports } of Object.values(outputs))
    for (const { kind, path, external } of imports) if (kind === 'dynamic-import' && external !== true) named.add(path);
  return named;
}
