import { nearest } from '../../diagnostics/nearest.ts';
import type { Report } from '../../diagnostics/report.ts';
import type { LoadedSpec } from '../../load/document.ts';
import type { Subject } from '../rule.ts';
import { sure } from '../../../spec/contract/sure.ts';

/** Every schema and prompt is used by a fleet. */
export function orphanFiles({ spec, model }: Subject, report: Report): void {
  const used = usedFiles(spec);
  const orphans = [...spec.assets.keys()].filter((path) => !used.has(path));
  // A fleet that does not exist may use it, and that it does not exist was said.
  if (spec.broken.size > 0 || model.environments.some(({ routes }) => routes.some(({ incomplete }) => incomplete)))
    return;
  for (const path of orphans) {
    const file = path.slice(path.indexOf('/', 'spec/teams/'.length) + 1);
    const missing = [...used].filter((other) => !spec.assets.has(other));
    const meant = nearest(path, missing);
    const notes = meant === undefined ? [] : [`a fleet names \`${meant}\`, which does not exist`];
    report('NT2050', { file: path, start: 0, end: 0 }, { file }, { notes });
  }
}

/** Files that fleets name, overlays included, by path. */
function usedFiles(spec: LoadedSpec): Set<string> {
  const used = new Set<string>();
  for (const { kind, team, value } of spec.documents) {
    if (kind !== 'Fleet') continue;
    const { spec: own, environments = {} } = value as WrittenFleet;
    for (const part of [own, ...Object.values(environments)]) {
      for (const name of filesOf(part)) used.add(`spec/teams/${sure(team, 'the team of a fleet')}/${name}`);
    }
  }
  return used;
}

interface WrittenSpec {
  readonly agent?: { readonly prompt?: string };
  readonly accepts?: Readonly<Record<string, { readonly input?: string; readonly output?: string }>>;
}

interface WrittenFleet {
  readonly spec: WrittenSpec;
  readonly environments?: Readonly<Record<string, WrittenSpec>>;
}

function filesOf({ agent, accepts = {} }: WrittenSpec): string[] {
  const files = [agent?.prompt, ...Object.values(accepts).flatMap(({ input, output }) => [input, output])];
  return files.filter((file) => file !== undefined);
}
