import type {
  RoutingTable,
  TableAccept,
  TableFleet,
  TableRoute,
  TableSchedule,
  TableSkills,
  TableTeam,
} from '../../spec/contract/routing-table.ts';
import { canonicalJson } from '../../spec/contract/canonical.ts';
import type { Json, JsonObject } from '../../spec/contract/source.ts';
import { digestOf, digestOfText } from './digest.ts';
import { WHOLE, buildShares, gateOf } from './hand-over.ts';
import type { AcceptModel, EnvironmentModel, FleetModel, RouteModel, ScheduleModel, SchemaModel } from './model.ts';
import { agentPaths } from './names.ts';
import { compareText } from '../../spec/contract/text.ts';

/**
 * The routing table of an environment: what checks run tasks through and what the scheduler is given are the same data.
 * Every default is written out; every map is sorted by key.
 */
export function routingTable(environment: EnvironmentModel): RoutingTable {
  return tableOf(environment).table;
}

/** The canonical JSON of the routing table. */
export function routingTableText(environment: EnvironmentModel): string {
  return tableOf(environment).text;
}

interface Written {
  readonly table: RoutingTable;
  readonly text: string;
}

/** The table is written once, without its digest; the digest is of that text, and is put into it. */
function tableOf(environment: EnvironmentModel): Written {
  let written = tables.get(environment);
  if (written === undefined) {
    const draft = draftTable(environment);
    const { digest: _, ...rest } = draft;
    const text = canonicalJson(rest as unknown as Json);
    const digest = digestOfText(text);
    // `digest` is the first of the keys.
    written = { table: { ...draft, digest }, text: `{"digest":"${digest}",${text.slice(1)}` };
    tables.set(environment, written);
  }
  return written;
}

/** The same table before its digest is known: to decide with, not to hand out. */
export function draftTable(environment: EnvironmentModel): RoutingTable {
  let draft = drafts.get(environment);
  if (draft === undefined) drafts.set(environment, (draft = make(environment)));
  return draft;
}

const tables = new WeakMap<EnvironmentModel, Written>();
const drafts = new WeakMap<EnvironmentModel, RoutingTable>();

function make(environment: EnvironmentModel): RoutingTable {
  const schemas = new Map<string, JsonObject>();
  const fleets = [...environment.fleets.values()].map((fleet) => [fleet.id, tableFleet(fleet, schemas)] as const);
  return {
    schema: 1,
    environment: environment.name,
    digest: '',
    teams: sorted([...environment.company.teams].map(([name, shares]) => [name, tableTeam(environment, name, shares)])),
    fleets: sorted(fleets),
    routes: environment.routes.map(tableRoute),
    schedules: [...environment.schedules.values()].map(tableSchedule).sort(byId),
    providers: sorted([...environment.providers.values()].map(({ facts }) => [facts.name, tableProvider(facts)])),
    schemas: sorted([...schemas]),
  };
}

function tableTeam({ teams }: EnvironmentModel, name: string, shares: TableTeam): TableTeam {
  const submitters = teams.get(name)?.submitters ?? [];
  return submitters.length === 0 ? shares : { ...shares, submitters: [...submitters].sort(compareText) };
}

/** A route as the scheduler tries it. */
export function tableRoute(route: RouteModel): TableRoute {
  const { match, affinity, priority, fairness, limits, dedupe, queue } = route;
  return {
    id: route.id,
    team: route.team,
    tasks: [...match.tasks].sort(),
    labels: sorted(Object.entries(match.labels)),
    ...(match.where === undefined ? {} : { where: match.where.expression }),
    require: skills(route.require),
    to: route.to.map(({ fleet, weight }) => ({ fleet, weight })).sort((a, b) => compareText(a.fleet, b.fleet)),
    ...(affinity === undefined ? {} : { affinity: { ...affinity } }),
    priority: {
      default: priority.default,
      when: priority.when.map(({ expression, then }) => ({ if: expression, then })),
      ...(priority.aging === undefined ? {} : { aging: { ...priority.aging } }),
    },
    ...(fairness === undefined
      ? {}
      : { fairness: { key: fairness.key, weights: sorted(Object.entries(fairness.weights)) } }),
    limits: { ...limits },
    ...(dedupe === undefined ? {} : { dedupe: { ...dedupe } }),
    queue: { ...queue },
    fallback: route.fallback.map((step) => ({
      when: [...step.when].sort(),
      afterMs: step.afterMs,
      fleet: step.to.fleet,
      ...(step.require === undefined ? {} : { require: skills(step.require) }),
    })),
  };
}

function skills(require: RouteModel['require']): TableSkills {
  return require.map(({ template, level }) => [template, level] as const).sort((a, b) => compareText(a[0], b[0]));
}

function tableFleet(fleet: FleetModel, schemas: Map<string, JsonObject>): TableFleet {
  const { agent, rollout } = fleet;
  return {
    team: fleet.team.name,
    namespace: fleet.namespace,
    delivery: agent.delivery,
    ...(agent.delivery === 'push'
      ? { url: `http://${fleet.name}.${fleet.namespace}.svc.cluster.local:${agent.ports.http}${agentPaths.tasks}` }
      : {}),
    slots: agent.slots,
    skills: sorted(Object.entries(fleet.skills)),
    providers: fleet.providers.map(({ facts }) => facts.name),
    drainMs: rollout.drainMs,
    builds: buildShares(fleet),
    ...(rollout.strategy === 'rolling' && agent.delivery === 'pull' ? { anyBuild: true as const } : {}),
    ...(rollout.strategy === 'canary' && rollout.split === 'routing' ? { canary: canary(fleet) } : {}),
    accepts: sorted([...fleet.accepts].map(([task, accept]) => [task, tableAccept(accept, schemas)])),
    calls: sorted(fleet.calls.map((edge) => [edge.to.id, [...edge.tasks].sort()])),
  };
}

/** The share a new build gets step by step, and what has to hold on it; the objective where the gate does not say. */
function canary(fleet: FleetModel): NonNullable<TableFleet['canary']> {
  const { steps, onFailure } = fleet.rollout;
  return {
    steps: steps.map(({ share, holdMs }) => ({ weight: Math.round(share * WHOLE), holdMs })),
    gate: gateOf(fleet),
    onFailure,
  };
}

function tableAccept(accept: AcceptModel, schemas: Map<string, JsonObject>): TableAccept {
  const { timeouts, retry } = accept;
  return {
    ...(accept.input === undefined ? {} : { input: stored(accept.input, schemas) }),
    ...(accept.output === undefined ? {} : { output: stored(accept.output, schemas) }),
    queueMs: timeouts.queueMs,
    runMs: timeouts.runMs,
    heartbeatMs: timeouts.heartbeatMs,
    attempts: retry.attempts,
    backoff: { ...retry.backoff },
    never: [...retry.never].sort(),
    effects: accept.effects,
  };
}

/** The digest of a schema, which is kept once however many fleets use it. */
function stored({ schema }: SchemaModel, schemas: Map<string, JsonObject>): string {
  const digest = schemaDigest(schema);
  schemas.set(digest, schema);
  return digest;
}

const digests = new WeakMap<JsonObject, string>();

function schemaDigest(schema: JsonObject): string {
  const known = digests.get(schema);
  if (known !== undefined) return known;
  const digest = digestOf(schema);
  digests.set(schema, digest);
  return digest;
}

function tableProvider(facts: {
  readonly requestsPerSecond?: number;
  readonly concurrent?: number;
  readonly breaker: { readonly errors: number; readonly openForMs: number };
}) {
  return {
    ...(facts.requestsPerSecond === undefined ? {} : { requestsPerSecond: facts.requestsPerSecond }),
    ...(facts.concurrent === undefined ? {} : { concurrent: facts.concurrent }),
    breaker: { ...facts.breaker },
  };
}

function tableSchedule(schedule: ScheduleModel): TableSchedule {
  const { id, team, cron, tz, task, input, overlap } = schedule;
  return {
    id,
    team,
    cron,
    tz,
    task,
    input,
    labels: sorted(Object.entries(schedule.labels)),
    overlap,
    catchUp: { ...schedule.catchUp },
  };
}

function sorted<T>(entries: readonly (readonly [string, T])[]): Readonly<Record<string, T>> {
  return Object.fromEntries([...entries].sort(([a], [b]) => compareText(a, b)));
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return compareText(a.id, b.id);
}
