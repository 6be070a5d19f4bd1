import type { Company, Patch, Team } from '../../spec/contract/generated/types.ts';
import type { Origin } from '../core/origin.ts';
import { nearest } from '../diagnostics/nearest.ts';
import type { SpecDocument } from '../load/document.ts';
import { overlaysOf } from './context.ts';
import type { SpecContext } from './context.ts';
import { didYouMean } from './references.ts';

/** Names of environments, teams and exported fleets that documents use: each must exist. */
export function checkNames(company: SpecDocument<Company>, context: SpecContext): void {
  checkCompany(company, context);
  for (const document of context.of('Environment')) {
    if (!company.value.spec.environments.includes(document.name) && !isMeant(document, company, context))
      context.report('NT2009', at(document, ['metadata', 'name']), { environment: document.name });
  }
  for (const document of context.spec.documents) checkOverlays(document, company, context);
  for (const team of context.of('Team') as readonly SpecDocument<Team>[]) checkTeam(team, company, context);
}

/** Whether a document stands in the file of an environment that the company names and nobody defines: that was said. */
function isMeant({ file }: SpecDocument, company: SpecDocument<Company>, context: SpecContext): boolean {
  const name = /^spec\/environments\/(.+)\.yaml$/.exec(file)?.[1] ?? '';
  return company.value.spec.environments.includes(name) && context.find('Environment', name) === undefined;
}

function checkCompany(company: SpecDocument<Company>, context: SpecContext): void {
  const { environments, teams, freeze = {} } = company.value.spec;
  environments.forEach((environment, index) => {
    if (context.find('Environment', environment) !== undefined || context.isBroken('Environment', environment)) return;
    const written = context.of('Environment').map(({ name }) => name);
    const file = `spec/environments/${environment}.yaml`;
    const there = context.of('Environment').find((document) => document.file === file);
    const details = {
      ...didYouMean(environment, written),
      ...(there === undefined
        ? { notes: [`it needs \`${file}\``] }
        : {
            related: [
              { message: 'the environment of its file is called otherwise', at: at(there, ['metadata', 'name']) },
            ],
          }),
    };
    context.report('NT2006', at(company, ['spec', 'environments', index]), { environment }, details);
  });
  for (const team of Object.keys(teams)) checkTeamName(team, at(company, ['spec', 'teams', team], 'key'), context);
  for (const [name, window] of Object.entries(freeze)) {
    window.environments.forEach((environment, index) =>
      checkEnvironment(environment, at(company, ['spec', 'freeze', name, 'environments', index]), company, context),
    );
  }
}

function checkOverlays(document: SpecDocument, company: SpecDocument<Company>, context: SpecContext): void {
  for (const name of overlaysOf(document))
    checkEnvironment(name, at(document, ['environments', name], 'key'), company, context);
  if (document.kind !== 'Patch') return;
  const { environments = [] } = (document as SpecDocument<Patch>).value.spec;
  environments.forEach((name, index) =>
    checkEnvironment(name, at(document, ['spec', 'environments', index]), company, context),
  );
}

function checkEnvironment(
  environment: string,
  place: Origin,
  company: SpecDocument<Company>,
  context: SpecContext,
): void {
  const { environments } = company.value.spec;
  if (environments.includes(environment)) return;
  // That the company does not promote it is said at its own document.
  if (context.find('Environment', environment) !== undefined) return;
  const known = environments.map((name) => `\`${name}\``).join(', ');
  const details = didYouMean(environment, environments);
  context.report(
    'NT2006',
    place,
    { environment },
    details.label === undefined ? { notes: [`there are ${known}`] } : details,
  );
}

function checkTeam(document: SpecDocument<Team>, company: SpecDocument<Company>, context: SpecContext): void {
  const { id: name } = document;
  if (!Object.hasOwn(company.value.spec.teams, name) && !isMisspelt(name, company, context))
    context.report('NT2008', at(document, ['metadata', 'name']), { team: name });
  for (const [fleet, { routes = [], calls = [] }] of Object.entries(document.value.spec.exports ?? {})) {
    const place = at(document, ['spec', 'exports', fleet], 'key');
    const id = `${name}/${fleet}`;
    if (context.find('Fleet', id) === undefined && !context.isBroken('Fleet', id)) {
      const own = context.of('Fleet').filter(({ team }) => team === name);
      context.report(
        'NT2001',
        place,
        { fleet },
        didYouMean(
          fleet,
          own.map((other) => other.name),
        ),
      );
    }
    for (const [part, teams] of [
      ['routes', routes],
      ['calls', calls],
    ] as const)
      teams.forEach((team, index) =>
        checkTeamName(team, at(document, ['spec', 'exports', fleet, part, index]), context),
      );
  }
}

/** Whether the company gives a share to a team that does not exist and was meant to be this one, as was said there. */
function isMisspelt(team: string, company: SpecDocument<Company>, context: SpecContext): boolean {
  const known = context.of('Team').map(({ id }) => id);
  return Object.keys(company.value.spec.teams).some((name) => !known.includes(name) && nearest(name, known) === team);
}

function checkTeamName(team: string, place: Origin, context: SpecContext): void {
  if (context.find('Team', team) !== undefined || context.isBroken('Team', team)) return;
  // A folder without a Team was said to lack one.
  if (context.spec.documents.some((document) => document.team === team)) return;
  const known = context.of('Team').map(({ id }) => id);
  context.report('NT2007', place, { team }, didYouMean(team, known));
}

function at(document: SpecDocument, path: Origin['path'], part?: 'key'): Origin {
  return { document, path, ...(part === undefined ? {} : { part }) };
}
