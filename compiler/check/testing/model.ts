import { parseExpression } from '../../../spec/contract/expression-parser.ts';
import type { Expression } from '../../../spec/contract/expression.ts';
import type { Priority } from '../../../spec/contract/task.ts';
import type { JsonObject, JsonPath } from '../../../spec/contract/source.ts';
import type {
  AcceptModel,
  CompanyModel,
  EnvironmentFacts,
  EnvironmentModel,
  FleetModel,
  Model,
  Node,
  ProviderFacts,
  RouteModel,
  ScheduleModel,
  SecretModel,
  SkillRequirement,
  TargetModel,
  TeamModel,
} from '../../core/model.ts';
import type { Inside, Locatable, Origin, Part } from '../../core/origin.ts';

/**
 * Small resolved models for tests of rules. Every place is named by its document and path: the span of
 * `scale.max` of fleet `eng/fixer` has the file `fleet:eng/fixer#scale.max`.
 */

/** A partial of a value, all the way down; maps and lists are given whole. */
export type Some<T> = T extends ReadonlyMap<unknown, unknown> | readonly unknown[]
  ? T
  : T extends object
    ? { readonly [K in keyof T]?: Some<T[K]> }
    : T;

class NamedDocument implements Locatable {
  readonly file: string;
  constructor(file: string) {
    this.file = file;
  }
  locate(path: JsonPath, part?: Part, inside?: Inside) {
    const suffix = path.length === 0 ? '' : `#${path.join('.')}`;
    const { offset, length } = inside ?? { offset: 0, length: 0 };
    return { file: `${this.file}${suffix}${part === 'key' ? '@key' : ''}`, start: offset, end: offset + length };
  }
}

/** A node of a document. Paths in `unwritten` (dotted) count as defaults of the language. */
export function node(file: string, unwritten: readonly string[] = []): Node {
  const document = new NamedDocument(file);
  const at: Origin = { document, path: [] };
  return {
    at,
    from: (path, part) => (unwritten.includes(path.join('.')) ? at : { document, path, ...(part ? { part } : {}) }),
  };
}

export const facts: EnvironmentFacts = {
  name: 'prod',
  company: 'acme',
  guarded: true,
  server: 'https://prod.example',
  kubernetes: '1.33',
  istio: '1.30',
  mesh: 'sidecar',
  meshRevision: 'default',
  nodeLocalDns: false,
  trustDomain: 'cluster.local',
  requireDigest: false,
  scheduler: { replicas: 2, image: 'ghcr.io/nova-torch/nova-torch:0.1.0', journalBytes: 10 * 2 ** 30, mirrored: false },
  dragonfly: {
    replicas: 2,
    image: 'docker.dragonflydb.io/dragonflydb/dragonfly:v1.40.1',
    memoryBytes: 2 * 2 ** 30,
    snapshotEveryMs: 300_000,
  },
};

/** How a fleet handles one type of task. */
export function accept(
  owner: Node,
  task: string,
  some: Some<Omit<AcceptModel, 'input' | 'output'>> = {},
  input?: JsonObject,
): AcceptModel {
  const at = owner.from(['accepts', task], 'key');
  return {
    task,
    at,
    ...(input === undefined
      ? {}
      : { input: { file: `${task}.json`, schema: input, at: owner.from(['accepts', task, 'input']) } }),
    timeouts: { queueMs: 600_000, runMs: 900_000, heartbeatMs: 30_000, ...some.timeouts },
    retry: {
      attempts: some.retry?.attempts ?? 3,
      backoff: { firstMs: 1000, factor: 2, maxMs: 300_000, jitter: 'full', ...some.retry?.backoff },
      never: some.retry?.never ?? [],
    },
    effects: some.effects ?? 'idempotent',
  };
}

export interface FleetOptions {
  readonly skills?: Readonly<Record<string, number>>;
  /** Task types, or their details. */
  readonly accepts?: Readonly<
    Record<string, { readonly some?: Some<Omit<AcceptModel, 'input' | 'output'>>; readonly input?: JsonObject }>
  >;
  readonly agent?: Some<FleetModel['agent']>;
  readonly scale?: Partial<FleetModel['scale']>;
  readonly rollout?: Partial<FleetModel['rollout']>;
  readonly slo?: Partial<FleetModel['slo']>;
  readonly memory?: FleetModel['memory'];
  readonly environment?: Partial<EnvironmentFacts>;
  readonly unwritten?: readonly string[];
  readonly calls?: FleetModel['calls'];
  readonly calledBy?: FleetModel['calledBy'];
  readonly secrets?: Readonly<Record<string, Omit<SecretModel, 'at'>>>;
  readonly providers?: FleetModel['providers'];
  readonly flags?: FleetModel['flags'];
}

/** A fleet `team/name` that accepts `work` unless told otherwise. */
export function fleet(id: string, options: FleetOptions = {}): FleetModel {
  const [team = '', name = ''] = id.split('/');
  const place = node(`fleet:${id}`, options.unwritten);
  const accepts = Object.entries(options.accepts ?? { work: {} });
  return {
    ...place,
    id,
    name,
    team: { name: team, owners: [`acme/${team}`] },
    environment: { ...facts, ...options.environment },
    namespace: `${team}--${name}`,
    labels: {},
    agent: {
      image: `ghcr.io/acme/${name}:1`,
      build: '1',
      delivery: 'pull',
      slots: 1,
      args: [],
      env: {},
      ...(options.agent as Partial<FleetModel['agent']>),
      resources: { cpuMillis: 250, memoryBytes: 2 ** 29, ephemeralBytes: 2 ** 29, ...options.agent?.resources },
      ports: { http: 8080, metrics: 9464, ...options.agent?.ports },
    },
    skills: options.skills ?? {},
    accepts: new Map(accepts.map(([task, { some, input }]) => [task, accept(place, task, some, input)])),
    ...(options.memory === undefined ? {} : { memory: options.memory }),
    secrets: new Map(
      Object.entries(options.secrets ?? {}).map(([key, secret]) => [
        key,
        { ...secret, at: place.from(['secrets', key], 'key') },
      ]),
    ),
    egress: new Map(),
    providers: options.providers ?? [],
    flags: options.flags ?? new Map(),
    tools: new Map(),
    scale: { min: 1, max: 4, queueWaitMs: 30_000, slotUse: 0.7, downAfterMs: 300_000, schedule: [], ...options.scale },
    rollout: {
      strategy: 'rolling',
      split: 'routing',
      steps: [],
      gate: {},
      onFailure: 'rollback',
      drainMs: 900_000,
      ...options.rollout,
    },
    slo: { success: 0.99, windowMs: 30 * 86_400_000, assign: { percentile: 0.99, boundMs: 100 }, ...options.slo },
    observe: { tracesShare: 0.1, logs: 'info' },
    calls: options.calls ?? [],
    calledBy: options.calledBy ?? [],
  };
}

export interface RouteOptions {
  readonly tasks?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly where?: { readonly text: string; readonly expression: Expression };
  readonly precedence?: number;
  readonly require?: Readonly<Record<string, number>>;
  readonly to?: Readonly<Record<string, number>>;
  readonly affinity?: RouteModel['affinity'];
  readonly when?: readonly {
    readonly text: string;
    readonly expression: Expression;
    readonly then: Priority;
  }[];
  readonly aging?: RouteModel['priority']['aging'];
  readonly fairness?: RouteModel['fairness'];
  readonly limits?: RouteModel['limits'];
  readonly dedupe?: RouteModel['dedupe'];
  readonly queue?: Partial<RouteModel['queue']>;
  readonly fallback?: readonly {
    readonly to: string;
    readonly when?: RouteModel['fallback'][number]['when'];
    readonly afterMs?: number;
    readonly require?: Readonly<Record<string, number>>;
  }[];
  readonly expect?: readonly {
    readonly task: RouteModel['expect'][number]['task'];
    readonly goesTo?: readonly string[];
  }[];
}

/** A route `team/name` that takes `work` to `eng/fixer` unless told otherwise. */
export function route(id: string, options: RouteOptions = {}): RouteModel {
  const [team = '', name = ''] = id.split('/');
  const place = node(`route:${id}`);
  const skills = (require: Readonly<Record<string, number>>, path: JsonPath): SkillRequirement[] =>
    Object.entries(require).map(([template, level]) => ({
      template,
      level,
      at: place.from([...path, 'require', 'skills', template]),
    }));
  const target = (id: string, weight: number, path: JsonPath): TargetModel => ({
    fleet: id,
    weight,
    at: place.from(path),
  });
  return {
    ...place,
    id,
    name,
    team,
    match: {
      tasks: options.tasks ?? ['work'],
      labels: options.labels ?? {},
      ...(options.where ? { where: { ...options.where, at: place.from(['match', 'where']) } } : {}),
    },
    precedence: options.precedence ?? 500,
    require: skills(options.require ?? {}, []),
    to: Object.entries(options.to ?? { 'eng/fixer': 100 }).map(([id, weight]) => target(id, weight, ['to', id])),
    ...(options.affinity ? { affinity: options.affinity } : {}),
    priority: {
      default: 'normal',
      when: (options.when ?? []).map((each, index) => ({ ...each, at: place.from(['priority', 'when', index, 'if']) })),
      ...(options.aging ? { aging: options.aging } : {}),
    },
    ...(options.fairness ? { fairness: options.fairness } : {}),
    limits: options.limits ?? {},
    ...(options.dedupe ? { dedupe: options.dedupe } : {}),
    queue: { maxDepth: 10_000, maxAgeMs: 3_600_000, onFull: 'reject', ...options.queue },
    fallback: (options.fallback ?? []).map((step, index) => ({
      when: step.when ?? ['no-agent'],
      afterMs: step.afterMs ?? 60_000,
      to: target(step.to, 1, ['fallback', index, 'to']),
      ...(step.require ? { require: skills(step.require, ['fallback', index]) } : {}),
      at: place.from(['fallback', index]),
    })),
    expect: (options.expect ?? []).map((each, index) => ({ ...each, at: place.from(['expect', index]) })),
  };
}

/** A schedule of the task `work`, every night. */
export function schedule(id: string, some: Partial<ScheduleModel> = {}): ScheduleModel {
  const [team = '', name = ''] = id.split('/');
  return {
    ...node(`schedule:${id}`),
    id,
    name,
    team,
    cron: '15 1 * * *',
    tz: 'Etc/UTC',
    task: 'work',
    input: {},
    labels: {},
    overlap: 'skip',
    catchUp: { windowMs: 3_600_000, max: 1 },
    ...some,
  };
}

export interface EnvironmentOptions {
  readonly name?: string;
  readonly fleets?: readonly FleetModel[];
  readonly routes?: readonly RouteModel[];
  readonly schedules?: readonly ScheduleModel[];
  readonly quotas?: Readonly<Record<string, TeamModel['quota']>>;
  /** Tasks per second. */
  readonly arrivals?: Readonly<Record<string, number>>;
  readonly facts?: Partial<EnvironmentFacts>;
  readonly providers?: readonly ProviderFacts[];
}

export const company: CompanyModel = {
  ...node('company'),
  name: 'acme',
  environmentNames: ['dev', 'staging', 'prod'],
  teams: new Map(),
  freezes: [],
};

/** An environment; its teams are those of its fleets and quotas. Routes are put in the order in which they are tried. */
export function environment(options: EnvironmentOptions = {}): EnvironmentModel {
  const name = options.name ?? 'prod';
  const fleets = options.fleets ?? [fleet('eng/fixer')];
  const teamNames = new Set([...fleets.map((each) => each.team.name), ...Object.keys(options.quotas ?? {})]);
  return {
    ...node(`environment:${name}`),
    name,
    company,
    facts: { ...facts, ...options.facts, name },
    teams: new Map([...teamNames].sort().map((team) => [team, teamOf(team, options.quotas?.[team] ?? {})])),
    fleets: new Map([...fleets].sort((a, b) => (a.id < b.id ? -1 : 1)).map((each) => [each.id, each])),
    routes: [...(options.routes ?? [])].sort((a, b) => b.precedence - a.precedence || (a.id < b.id ? -1 : 1)),
    providers: new Map(
      (options.providers ?? []).map((each) => [each.name, { ...node(`provider:${each.name}`), facts: each }]),
    ),
    toolServers: new Map(),
    schedules: new Map((options.schedules ?? []).map((each) => [each.id, each])),
    patches: [],
    arrivals: new Map(Object.entries(options.arrivals ?? {})),
  };
}

function teamOf(name: string, quota: TeamModel['quota']): TeamModel {
  return {
    ...node(`team:${name}`),
    name,
    facts: { name, owners: [`acme/${name}`] },
    quota,
    egress: [],
    secretPrefixes: [],
    submitters: [],
    exports: new Map(),
  };
}

/** A company of these environments. */
export function model(...environments: readonly EnvironmentModel[]): Model {
  return { company, environments };
}

/** A condition, parsed. */
export function condition(text: string): { readonly text: string; readonly expression: Expression } {
  const parsed = parseExpression(text);
  if ('kind' in parsed) throw new Error(`${text}: ${parsed.message}`);
  return { text, expression: parsed.expression };
}
