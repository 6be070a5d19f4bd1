import type { Company } from '../../spec/contract/generated/types.ts';
import type { CompanyModel, FreezeModel, Node } from '../core/model.ts';
import type { SpecDocument } from '../load/document.ts';
import { present, sortedEntries } from './amounts.ts';
import type { SpecContext } from './context.ts';
import { PART_DEFAULTS } from './defaults.ts';
import { nodeOf } from './layers.ts';

/** The one Company of the spec; nothing when there is none, which was reported. */
export function findCompany(context: SpecContext): SpecDocument<Company> | undefined {
  const [first, ...others] = context.of('Company') as readonly SpecDocument<Company>[];
  if (first === undefined) {
    const isBroken = [...context.spec.broken].some((key) => key.startsWith('Company:'));
    if (!isBroken) context.report('NT2012', { file: 'spec/company.yaml', start: 0, end: 0 }, {});
    return undefined;
  }
  const related = [{ message: 'the first one is here', at: placeOf(first) }];
  for (const other of others) context.report('NT2013', placeOf(other), {}, { related });
  return first;
}

function placeOf(document: SpecDocument) {
  return document.locate(['metadata', 'name']);
}

/** The company, complete. */
export function resolveCompany(document: SpecDocument<Company>): CompanyModel {
  const { spec } = document.value;
  const node = nodeOf(document, [{ document, base: ['spec'], value: spec }]);
  const teams = sortedEntries(spec.teams).map(
    ([name, { weight = PART_DEFAULTS.teamWeight, inFlight }]) =>
      [name, present({ weight, inFlightMax: inFlight })] as const,
  );
  const { repository } = spec;
  return {
    ...node,
    name: document.name,
    ...(spec.description === undefined ? {} : { description: spec.description }),
    environmentNames: spec.environments,
    teams: new Map(teams),
    ...(repository === undefined
      ? {}
      : { repository: { url: repository.url, branch: repository.branch ?? PART_DEFAULTS.branch } }),
    freezes: freezes(spec.freeze ?? {}, node),
  };
}

function freezes(spec: NonNullable<Company['spec']['freeze']>, node: Node): FreezeModel[] {
  return sortedEntries(spec).map(([name, freeze]) => ({ name, ...freeze, at: node.from(['freeze', name], 'key') }));
}
