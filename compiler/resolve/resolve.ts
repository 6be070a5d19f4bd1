import type { Company, Environment, Patch } from '../../spec/contract/generated/types.ts';
import type { CompanyModel, EnvironmentModel, Model, RouteModel } from '../core/model.ts';
import type { Report } from '../diagnostics/report.ts';
import type { Kind, LoadedSpec, SpecDocument } from '../load/document.ts';
import { sortedEntries, rate } from './amounts.ts';
import { findCompany, resolveCompany } from './company.ts';
import { specContext } from './context.ts';
import type { EnvironmentContext, SpecContext } from './context.ts';
import { linkEdges } from './edges.ts';
import { environmentContext, environmentFacts, filledEnvironment } from './environment.ts';
import { resolveFleet } from './fleet.ts';
import { nodeOf } from './layers.ts';
import { checkNames } from './names.ts';
import { resolvePatch } from './patch.ts';
import { saidOnce } from './said-once.ts';
import { resolveRoute } from './route.ts';
import { resolveProvider, resolveSchedule, resolveTeam, resolveToolServer } from './shared.ts';
import { compareText } from '../../spec/contract/text.ts';

/**
 * Makes the model of a spec: every default applied, every overlay laid, every reference linked, every amount a number. What
 * cannot be resolved is reported and left out, so that the checks that follow see only what is sound.
 */
export function resolve(spec: LoadedSpec, report: Report): Model {
  const found = saidOnce();
  const model = resolveAllOf(specContext(spec, found.report));
  found.say(report);
  return model;
}

function resolveAllOf(context: SpecContext): Model {
  const document = findCompany(context);
  if (document === undefined) return { company: NOBODY, environments: [] };
  checkNames(document, context);
  const company = resolveCompany(document);
  const environments = document.value.spec.environments.flatMap((name) => {
    const environment = context.find('Environment', name) as SpecDocument<Environment> | undefined;
    return environment === undefined ? [] : [resolveEnvironment(environment, document, company, context)];
  });
  return { company, environments };
}

function resolveEnvironment(
  document: SpecDocument<Environment>,
  companyDocument: SpecDocument<Company>,
  company: CompanyModel,
  spec: SpecContext,
): EnvironmentModel {
  const facts = environmentFacts(document, company);
  const context = environmentContext(spec, companyDocument, document, { company, facts });
  const teams = resolveAll('Team', context, resolveTeam);
  const providers = resolveAll('Provider', context, resolveProvider);
  const toolServers = resolveAll('ToolServer', context, resolveToolServer);
  const fleets = resolveAll('Fleet', context, (fleet) =>
    resolveFleet(fleet, context, { teams, providers, toolServers }),
  );
  linkEdges([...fleets.values()], context);
  const arrivals = sortedEntries(filledEnvironment(document).arrivals);
  return {
    ...nodeOf(document, [{ document, base: ['spec'], value: document.value.spec }]),
    name: document.name,
    ...(document.value.spec.description === undefined ? {} : { description: document.value.spec.description }),
    company,
    facts,
    teams,
    fleets: new Map([...fleets].map(([id, { fleet }]) => [id, fleet])),
    routes: [...resolveAll('Route', context, resolveRoute).values()].sort(byPrecedence),
    providers,
    toolServers,
    schedules: resolveAll('Schedule', context, resolveSchedule),
    patches: [
      ...resolveAll('Patch', context, (patch, within) => resolvePatch(patch as SpecDocument<Patch>, within)).values(),
    ],
    arrivals: new Map(arrivals.map(([task, text]) => [task, perSecond(text)])),
  };
}

/** What the documents of a kind resolve to, by id, sorted. */
function resolveAll<T>(
  kind: Kind,
  context: EnvironmentContext,
  resolveOne: (document: SpecDocument, context: EnvironmentContext) => T | undefined,
): Map<string, T> {
  const resolved = new Map<string, T>();
  for (const document of context.of(kind)) {
    const model = resolveOne(document, context);
    if (model !== undefined) resolved.set(document.id, model);
  }
  return resolved;
}

function byPrecedence(a: RouteModel, b: RouteModel): number {
  return b.precedence - a.precedence || compareText(a.id, b.id);
}

function perSecond(text: string): number {
  const { count, perMs } = rate(text);
  return (count * 1000) / perMs;
}

const NOWHERE = {
  document: { file: 'spec/company.yaml', locate: () => ({ file: 'spec/company.yaml', start: 0, end: 0 }) },
  path: [],
};

/** The company of a spec that has none: nothing is compiled for it. */
const NOBODY: CompanyModel = {
  at: NOWHERE,
  from: () => NOWHERE,
  name: '',
  environmentNames: [],
  teams: new Map(),
  freezes: [],
};
