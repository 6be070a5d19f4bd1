import type { RoutingTable } from '../../../spec/contract/routing-table.ts';
import type { Json } from '../../../spec/contract/source.ts';
import type { Artifact, Manifest } from '../../core/artifact.ts';
import type { EnvironmentEmitter, EnvironmentInput } from '../../core/emitter.ts';
import type { EnvironmentModel, RouteModel } from '../../core/model.ts';
import { labels, namespaces } from '../../core/names.ts';
import type { Origin } from '../../core/origin.ts';
import type { Report } from '../../diagnostics/report.ts';
import { PARTS_MAX, PART_BYTES, routingTableMap, routingTableParts } from '../../core/routing-table-parts.ts';
import { routingTable } from '../../core/routing-table.ts';
import { compareText } from '../../../spec/contract/text.ts';
import { sure } from '../../../spec/contract/sure.ts';

export const routingTableEmitter: EnvironmentEmitter = Object.freeze({
  name: 'routing-table',
  summary: 'what the scheduler runs: routes, fleets, schedules and limits',
  version: 1,
  scope: 'environment',
  load: () => Promise.resolve(emit),
});

/**
 * The table as JSON, and as the ConfigMaps that the scheduler mounts. One that is too large is made as well: nothing is
 * written then, and nobody misses what is there.
 */
export function emit({ environment, report }: EnvironmentInput): readonly Artifact[] {
  const table = routingTable(environment);
  const parts = routingTableParts(environment);
  if (parts.length > PARTS_MAX) {
    const size = parts.reduce((sum, part) => sum + part.length, 0);
    const sizes = { size: Math.ceil(size / 1024), most: (PARTS_MAX * PART_BYTES) / 1024 };
    reportSize(environment, sizes, report);
  }
  return [
    {
      path: 'routing-table.json',
      kind: 'json',
      value: table as unknown as Json,
      origin: environment.at,
      // For whoever asks: a compile does not, and there are dozens for each fleet.
      get origins() {
        return origins(environment, table);
      },
    },
    {
      path: 'platform/routing-table.yaml',
      kind: 'manifests',
      manifests: configMaps(environment, table.digest, parts),
    },
  ];
}

/** At the largest schema, which is the same in every environment, as the way to a smaller table begins there. */
function reportSize(environment: EnvironmentModel, sizes: { size: number; most: number }, report: Report): void {
  const schemas = new Map<string, { readonly bytes: number; readonly at: Origin }>();
  for (const fleet of environment.fleets.values())
    for (const { input, output } of fleet.accepts.values())
      for (const schema of [input, output])
        if (schema !== undefined)
          schemas.set(schema.file, { bytes: JSON.stringify(schema.schema).length, at: schema.at });
  const largest = [...schemas].sort(([, a], [, b]) => b.bytes - a.bytes).slice(0, 3);
  report(
    'NT5080',
    largest[0]?.[1].at ?? environment.at,
    { environments: `\`${environment.name}\``, ...sizes },
    { notes: largest.map(([file, { bytes }]) => `\`${file}\` has ${Math.ceil(bytes / 1024)} KiB of it`) },
  );
}

/**
 * The table in pieces, to be mounted into one folder: `part-1` to `part-<n>` put together are the JSON text, `parts` is n.
 * While an update is under way pieces of two tables may meet, so a reader compares the digest before it believes them.
 */
function configMaps(environment: EnvironmentModel, digest: string, parts: readonly string[]): Manifest[] {
  return parts.map((part, index) => {
    const head = index === 0 ? { digest, parts: String(parts.length) } : {};
    const value = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: routingTableMap(index),
        namespace: namespaces.system,
        labels: {
          [labels.managedBy]: 'nova-torch',
          [labels.name]: 'routing-table',
          [labels.partOf]: 'nova-torch',
          [labels.environment]: environment.name,
        },
      },
      data: { ...head, [`part-${index + 1}`]: part },
    };
    return { value, origins: new Map([['', environment.at]]) };
  });
}

/** Where the parts of the table come from, by JSON Pointer. */
function origins(environment: EnvironmentModel, table: RoutingTable): Map<string, Origin> {
  const found = new Map<string, Origin>([['', environment.at]]);
  for (const [index, route] of environment.routes.entries()) routeOrigins(found, `/routes/${index}`, route);
  for (const fleet of environment.fleets.values()) {
    const at = `/fleets/${escapePointer(fleet.id)}`;
    found.set(at, fleet.at);
    for (const [field, ...path] of FLEET_FIELDS) found.set(`${at}/${field}`, fleet.from(path));
    for (const [task, accept] of fleet.accepts) {
      const below = `${at}/accepts/${escapePointer(task)}`;
      found.set(below, accept.at);
      for (const [field, ...path] of TASK_FIELDS)
        found.set(`${below}/${field}`, fleet.from(['accepts', task, ...path]));
    }
  }
  const schedules = table.schedules.map(({ id }) => sure(environment.schedules.get(id), 'a schedule of the table'));
  for (const [index, schedule] of schedules.entries()) {
    found.set(`/schedules/${index}`, schedule.at);
    for (const field of SCHEDULE_FIELDS) found.set(`/schedules/${index}/${field}`, schedule.from([field]));
  }
  return found;
}

/** A field of the table, and the way to what decides it. */
const FLEET_FIELDS: readonly (readonly [field: string, ...path: string[]])[] = [
  ['delivery', 'agent', 'delivery'],
  ['slots', 'agent', 'slots'],
  ['skills', 'skills'],
  ['providers', 'providers'],
  ['drainMs', 'rollout', 'drain'],
  ['builds', 'agent', 'build'],
  ['canary', 'rollout', 'steps'],
  ['calls', 'talksTo'],
];
const TASK_FIELDS: typeof FLEET_FIELDS = [
  ['input', 'input'],
  ['output', 'output'],
  ['queueMs', 'timeouts', 'queue'],
  ['runMs', 'timeouts', 'run'],
  ['heartbeatMs', 'timeouts', 'heartbeat'],
  ['attempts', 'retry', 'attempts'],
  ['backoff', 'retry', 'backoff'],
  ['never', 'retry', 'never'],
  ['effects', 'effects'],
];
const SCHEDULE_FIELDS = ['cron', 'tz', 'task', 'input', 'labels', 'overlap', 'catchUp'] as const;

const ROUTE_FIELDS = ['require', 'affinity', 'priority', 'fairness', 'limits', 'dedupe', 'queue', 'fallback'] as const;

function routeOrigins(found: Map<string, Origin>, at: string, route: RouteModel): void {
  found.set(at, route.at).set(`${at}/tasks`, route.from(['match', 'task']));
  if (route.match.where !== undefined) found.set(`${at}/where`, route.match.where.at);
  for (const field of ROUTE_FIELDS) if (route[field] !== undefined) found.set(`${at}/${field}`, route.from([field]));
  const targets = [...route.to].sort((a, b) => compareText(a.fleet, b.fleet));
  for (const [position, target] of targets.entries()) found.set(`${at}/to/${position}`, target.at);
}

function escapePointer(key: string): string {
  return key.replace(/~/g, '~0').replace(/\//g, '~1');
}
