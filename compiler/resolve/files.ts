import type { SourceFile } from '../../spec/contract/source.ts';
import type { Origin } from '../core/origin.ts';
import type { SpecDocument } from '../load/document.ts';
import type { EnvironmentContext } from './context.ts';
import { didYouMean } from './references.ts';
import { teamOf } from './context.ts';

/** A file that a document names, from the folder of its team; nothing when there is none, which was reported. */
export function findFile(
  name: string,
  document: SpecDocument,
  context: EnvironmentContext,
  at: Origin,
): SourceFile | undefined {
  const folder = `spec/teams/${teamOf(document)}/`;
  const file = context.spec.assets.get(`${folder}${name}`);
  if (file !== undefined) return file;
  if (context.isBroken('File', `${folder}${name}`)) return undefined;
  const near = [...context.spec.assets.keys()].filter((path) => path.startsWith(folder));
  const details = didYouMean(
    name,
    near.map((path) => path.slice(folder.length)),
  );
  context.report('NT2005', at, { file: `${folder}${name}` }, details);
  return undefined;
}
