import type {
  Company,
  Document,
  Environment,
  Fleet,
  Patch,
  Provider,
  Route,
  Schedule,
  Team,
  ToolServer,
} from './generated/types.ts';

/**
 * The front door for TypeScript authors. Each function adds `apiVersion` and `kind` and nothing else: what it returns is
 * the very data that the same document in YAML would be.
 *
 * @example
 * export const codeFixer = defineFleet({
 *   metadata: { name: 'code-fixer' },
 *   spec: { agent: { image: 'ghcr.io/acme/code-fixer:1.4.2' }, accepts: { bug_fix: { timeouts: { run: '45m' } } } },
 *   environments: { prod: { scale: { min: 2 } } },
 * });
 */
export function defineFleet(body: Body<Fleet>): Fleet {
  return document('Fleet', body);
}

export function defineRoute(body: Body<Route>): Route {
  return document('Route', body);
}

export function defineTeam(body: Body<Team>): Team {
  return document('Team', body);
}

export function defineProvider(body: Body<Provider>): Provider {
  return document('Provider', body);
}

export function defineToolServer(body: Body<ToolServer>): ToolServer {
  return document('ToolServer', body);
}

export function defineSchedule(body: Body<Schedule>): Schedule {
  return document('Schedule', body);
}

export function definePatch(body: Body<Patch>): Patch {
  return document('Patch', body);
}

export function defineEnvironment(body: Body<Environment>): Environment {
  return document('Environment', body);
}

export function defineCompany(body: Body<Company>): Company {
  return document('Company', body);
}

/** What the author writes of a document. */
export type Body<Of extends Document> = Omit<Of, 'apiVersion' | 'kind'>;

function document<Kind extends string, Rest>(kind: Kind, body: Rest) {
  return { apiVersion: 'nova-torch.dev/v1' as const, kind, ...body };
}
