import type { Json, SourceFile } from '../../../spec/contract/source.ts';
import type { Artifact } from '../../core/artifact.ts';
import { spanOf } from '../../core/origin.ts';

/** A value of an object, by its JSON Pointer, and the text of the spec at the place that it names. */
export type TracedValue = (
  kind: string,
  name: string,
  pointer: string,
) => readonly [value: Json | undefined, text: string | undefined];

/** Reads what was made of the files. */
export function tracedValues(artifacts: readonly Artifact[], files: readonly SourceFile[]): TracedValue {
  const manifests = artifacts.flatMap((artifact) => (artifact.kind === 'manifests' ? artifact.manifests : []));
  return (kind, name, pointer) => {
    const found = manifests.find(
      ({ value }) => value['kind'] === kind && (value['metadata'] as { name: string }).name === name,
    );
    if (found === undefined) throw new Error(`no ${kind} ${name}`);
    const value = pointer
      .slice(1)
      .split('/')
      .reduce<Json | undefined>((at, key) => (at as Record<string, Json> | undefined)?.[key], found.value);
    const origin = found.origins.get(pointer);
    if (origin === undefined) return [value, undefined];
    const { file, start, end } = spanOf(origin);
    return [value, files.find(({ path }) => path === file)?.text.slice(start, end)];
  };
}
