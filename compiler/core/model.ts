import type { Expression } from '../../spec/contract/expression.ts';
import type { Json, JsonObject, JsonPath } from '../../spec/contract/source.ts';
import type { Priority, Task } from '../../spec/contract/task.ts';
import type { Origin, Part } from './origin.ts';

/**
 * The resolved spec: one model per environment, every default applied, every reference linked, every unit of measure a
 * number. Checks and emitters read it and never the documents.
 *
 * Glossary
 * - team, fleet, route, provider, tool server, schedule: as in the spec
 * - id: `<team>/<name>`, unique in an environment; a company-wide document's id is its name
 * - unit: what is generated together: one fleet in one environment, or one environment's shared part
 * - edge: one fleet may call another (`talksTo`)
 *
 * Every node can name its place: `at` is the name of the document, `from('scale', 'min')` the place a value was written,
 * be it the document, its overlay, the environment's or the company's defaults.
 */
export interface Model {
  readonly company: CompanyModel;
  /** In promotion order. */
  readonly environments: readonly EnvironmentModel[];
}

/** What every node of the model has. */
export interface Node {
  /** Where the document's name stands. */
  readonly at: Origin;
  /** The place a value of `spec` came from; the document's name for what nobody wrote. */
  readonly from: (path: JsonPath, part?: Part) => Origin;
}

export interface CompanyModel extends Node {
  readonly name: string;
  readonly description?: string;
  readonly environmentNames: readonly string[];
  readonly teams: ReadonlyMap<string, { readonly weight: number; readonly inFlightMax?: number }>;
  readonly repository?: { readonly url: string; readonly branch: string };
  readonly freezes: readonly FreezeModel[];
}

export interface FreezeModel {
  readonly name: string;
  /** UTC, `YYYY-MM-DDTHH:MMZ`. */
  readonly from: string;
  readonly to: string;
  readonly environments: readonly string[];
  readonly reason: string;
  readonly at: Origin;
}

export interface EnvironmentModel extends Node {
  readonly name: string;
  readonly description?: string;
  readonly company: CompanyModel;
  readonly facts: EnvironmentFacts;
  readonly teams: ReadonlyMap<string, TeamModel>;
  /** By id, sorted by id. */
  readonly fleets: ReadonlyMap<string, FleetModel>;
  /** In the order in which they are tried: precedence downwards, then id. */
  readonly routes: readonly RouteModel[];
  readonly providers: ReadonlyMap<string, ProviderModel>;
  readonly toolServers: ReadonlyMap<string, ToolServerModel>;
  readonly schedules: ReadonlyMap<string, ScheduleModel>;
  readonly patches: readonly PatchModel[];
  /** Tasks per second by task type. */
  readonly arrivals: ReadonlyMap<string, number>;
}

/** What every unit of an environment needs to know about it. Plain data: part of each unit's digest. */
export interface EnvironmentFacts {
  readonly name: string;
  readonly company: string;
  /** Changes are promoted into it: every environment but the first of several. */
  readonly guarded: boolean;
  readonly server: string;
  /** Kubernetes minor version, `1.33`. */
  readonly kubernetes: string;
  readonly istio: string;
  readonly mesh: 'sidecar' | 'ambient';
  readonly meshRevision: string;
  readonly nodeLocalDns: boolean;
  readonly storageClass?: string;
  readonly trustDomain: string;
  readonly requireDigest: boolean;
  readonly registries?: readonly string[];
  readonly scheduler: {
    readonly replicas: number;
    readonly image: string;
    readonly journalBytes: number;
    /** Each journal has a mirror at the next replica. */
    readonly mirrored: boolean;
  };
  readonly dragonfly: {
    readonly replicas: number;
    readonly image: string;
    readonly memoryBytes: number;
    readonly snapshotEveryMs: number;
  };
  readonly secrets?: {
    readonly engine: 'vault' | 'openbao';
    readonly delivery: 'vso' | 'eso';
    readonly address: string;
    readonly mount: string;
    /** Where the platform's own secrets lie. */
    readonly platform: string;
  };
  readonly observability?: {
    readonly prometheus: string;
    readonly elasticsearch?: string;
    readonly grafanaFolder: string;
    readonly grafanaOutput: 'operator' | 'operator-v2' | 'config-map';
  };
  /** The OpenID provider of people. */
  readonly people?: {
    readonly issuer: string;
    readonly keys: string;
    readonly endpoint: Endpoint;
    readonly groups: string;
  };
}

export interface TeamModel extends Node {
  readonly name: string;
  readonly description?: string;
  readonly facts: TeamFacts;
  readonly quota: {
    readonly cpuMillis?: number;
    readonly memoryBytes?: number;
    readonly storageBytes?: number;
    readonly pods?: number;
  };
  readonly egress: readonly string[];
  readonly secretPrefixes: readonly string[];
  /** ServiceAccounts that submit for it, `namespace/name`. */
  readonly submitters: readonly string[];
  /** By fleet name: the teams that may route to it and call it. */
  readonly exports: ReadonlyMap<string, { readonly routes: readonly string[]; readonly calls: readonly string[] }>;
}

/** What a unit needs to know about its team. Plain data. */
export interface TeamFacts {
  readonly name: string;
  /** GitHub teams, `organisation/team`. */
  readonly owners: readonly string[];
  readonly oncall?: string;
}

/** A fleet in one environment. Besides its own spec it holds all that its unit may depend on, and nothing else. */
export interface FleetModel extends Node {
  readonly id: string;
  readonly name: string;
  readonly team: TeamFacts;
  readonly environment: EnvironmentFacts;
  readonly namespace: string;
  /** Labels of its own, without the `nova-torch.dev/` prefix. */
  readonly labels: Readonly<Record<string, string>>;
  readonly description?: string;
  readonly role?: string;
  readonly agent: AgentModel;
  /** Skill -> level 1..5. */
  readonly skills: Readonly<Record<string, number>>;
  /** By task type, sorted. */
  readonly accepts: ReadonlyMap<string, AcceptModel>;
  readonly memory?: MemoryModel;
  /** By the name the agent knows them by, sorted. */
  readonly secrets: ReadonlyMap<string, SecretModel>;
  /** Host -> port, the fleet's own; not those of providers and tools. */
  readonly egress: ReadonlyMap<string, { readonly port: number; readonly at: Origin }>;
  /** The preferred one first. Unknown ones are left out (and reported). */
  readonly providers: readonly { readonly facts: ProviderFacts; readonly at: Origin }[];
  readonly tools: ReadonlyMap<
    string,
    { readonly facts: ToolServerFacts; readonly allow: readonly string[]; readonly at: Origin }
  >;
  /** By name, sorted. */
  readonly flags: ReadonlyMap<string, FlagModel>;
  readonly scale: ScaleModel;
  readonly rollout: RolloutModel;
  readonly slo: SloModel;
  readonly observe: { readonly tracesShare: number; readonly logs: 'debug' | 'info' | 'warn' | 'error' };
  /** Fleets it calls. */
  readonly calls: readonly EdgeModel[];
  /** Fleets that call it. */
  readonly calledBy: readonly EdgeModel[];
}

export interface AgentModel {
  readonly image: string;
  readonly build: string;
  readonly delivery: 'pull' | 'push';
  readonly slots: number;
  readonly resources: { readonly cpuMillis: number; readonly memoryBytes: number; readonly ephemeralBytes: number };
  readonly ports: { readonly http: number; readonly metrics: number };
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly prompt?: { readonly file: string; readonly text: string; readonly at: Origin };
}

export interface AcceptModel {
  readonly task: string;
  readonly at: Origin;
  readonly input?: SchemaModel;
  readonly output?: SchemaModel;
  /** A schema that it names could not be read, which was reported. */
  readonly incomplete?: true;
  readonly timeouts: { readonly queueMs: number; readonly runMs: number; readonly heartbeatMs: number };
  readonly retry: {
    readonly attempts: number;
    readonly backoff: {
      readonly firstMs: number;
      readonly factor: number;
      readonly maxMs: number;
      readonly jitter: 'full' | 'none';
    };
    readonly never: readonly string[];
  };
  readonly effects: 'none' | 'idempotent' | 'external';
}

/** A JSON Schema file of a task type. `schema` is parsed and known to be a valid schema. */
export interface SchemaModel {
  readonly file: string;
  readonly schema: JsonObject;
  readonly at: Origin;
}

export interface MemoryModel {
  readonly sizeBytes: number;
  readonly storageClass?: string;
  readonly path: string;
  readonly keep: 'always' | 'while-deployed';
}

export interface SecretModel extends SecretRef {
  readonly mount: 'file' | 'env';
  readonly at: Origin;
}

/** A field of a secret. */
export interface SecretRef {
  readonly path: string;
  readonly field: string;
  /** The secrets engine makes it for each fleet, and ends it after so long. Without one it is what somebody wrote down. */
  readonly leaseMs?: number;
}

/** A condition as it was written, and what it means. */
export interface ConditionModel {
  readonly text: string;
  readonly expression: Expression;
  readonly at: Origin;
}

export interface FlagModel {
  readonly description?: string;
  /** GitHub team. */
  readonly owner: string;
  /** The last day it counts, `YYYY-MM-DD`. */
  readonly expires: string;
  /** Sorted by name. */
  readonly variants: ReadonlyMap<string, boolean | number | string>;
  /** A name of `variants`, as all that rules name; checked. */
  readonly default: string;
  /** The first that holds decides. */
  readonly rules: readonly FlagRule[];
}

export interface FlagRule {
  readonly where?: ConditionModel;
  /** Variants and their weights, sorted by name; one with weight 1 when the rule serves one. */
  readonly split: readonly (readonly [variant: string, weight: number])[];
  /** Field by which tasks are told apart when there are several: `tenant`, `input.customer`. */
  readonly by: string;
  /** Which of the written rules it is, from 0: `from('flags', name, 'rules', index)` is its place. */
  readonly index: number;
}

export interface ScaleModel {
  readonly min: number;
  readonly max: number;
  readonly queueWaitMs: number;
  /** 0..1 */
  readonly slotUse: number;
  readonly downAfterMs: number;
  readonly schedule: readonly {
    readonly cron: string;
    readonly holdMs: number;
    readonly tz: string;
    readonly min: number;
  }[];
}

export interface RolloutModel {
  readonly strategy: 'rolling' | 'canary' | 'blue-green';
  readonly split: 'mesh' | 'routing';
  /** Share 0..1. */
  readonly steps: readonly { readonly share: number; readonly holdMs: number }[];
  readonly gate: { readonly success?: number; readonly run?: PercentileTarget };
  readonly onFailure: 'rollback' | 'pause';
  readonly drainMs: number;
  /** A hand-over by the routing table that has begun: the build that has the other tasks, and how many steps are reached. */
  readonly underway?: { readonly from: string; readonly step: number };
}

/** `p99 < 100ms`: percentile 0..1 and bound. */
export interface PercentileTarget {
  readonly percentile: number;
  readonly boundMs: number;
}

export interface SloModel {
  /** Share 0..1. */
  readonly success: number;
  readonly windowMs: number;
  readonly assign: PercentileTarget;
  readonly queueWait?: PercentileTarget;
  readonly run?: PercentileTarget;
}

/** One fleet may call another. Plain facts of both ends, so that each end's unit sees no more than it must. */
export interface EdgeModel {
  readonly from: PeerFacts;
  readonly to: PeerFacts;
  readonly tasks: readonly string[];
  readonly at: Origin;
}

export interface PeerFacts {
  readonly id: string;
  readonly team: string;
  readonly name: string;
  readonly namespace: string;
  readonly httpPort: number;
}

/** Where a URL of the spec leads. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly path: string;
}

export interface ProviderFacts {
  readonly name: string;
  readonly endpoint: Endpoint;
  readonly secret?: SecretRef;
  readonly breaker: { readonly errors: number; readonly openForMs: number };
  readonly concurrent?: number;
  /** Requests per second. */
  readonly requestsPerSecond?: number;
}

export interface ProviderModel extends Node {
  readonly description?: string;
  readonly facts: ProviderFacts;
}

export interface ToolServerFacts {
  readonly name: string;
  readonly endpoint: Endpoint;
  readonly transport: 'streamable-http' | 'sse';
  readonly secret?: SecretRef;
  readonly tools: readonly string[];
}

export interface ToolServerModel extends Node {
  readonly description?: string;
  readonly facts: ToolServerFacts;
}

/** A skill requirement; `template` holds `{input.x}` parts when it depends on the task. */
export interface SkillRequirement {
  readonly template: string;
  readonly level: number;
  readonly at: Origin;
}

/** A target of a route. `fleet` is its id; it exists in the environment. */
export interface TargetModel {
  readonly fleet: string;
  readonly weight: number;
  readonly at: Origin;
}

export interface RouteModel extends Node {
  readonly id: string;
  readonly name: string;
  readonly team: string;
  readonly description?: string;
  readonly match: {
    readonly tasks: readonly string[];
    readonly labels: Readonly<Record<string, string>>;
    readonly where?: ConditionModel;
  };
  readonly precedence: number;
  readonly require: readonly SkillRequirement[];
  readonly to: readonly TargetModel[];
  readonly affinity?: {
    readonly key: string;
    readonly mode: 'soft' | 'hard';
    readonly holdMs: number;
    readonly spillAfterMs: number;
  };
  readonly priority: {
    readonly default: Priority;
    readonly when: readonly {
      readonly text: string;
      readonly expression: Expression;
      readonly then: Priority;
      readonly at: Origin;
    }[];
    readonly aging?: { readonly everyMs: number; readonly max: Priority };
  };
  readonly fairness?: { readonly key: string; readonly weights: Readonly<Record<string, number>> };
  readonly limits: {
    readonly inFlight?: number;
    readonly rate?: { readonly count: number; readonly perMs: number };
    readonly perKey?: { readonly key: string; readonly max: number; readonly onFull: 'queue' | 'reject' };
  };
  readonly dedupe?: { readonly key: string; readonly windowMs: number; readonly onHit: 'join' | 'reject' };
  readonly queue: { readonly maxDepth: number; readonly maxAgeMs: number; readonly onFull: 'reject' | 'shed-lowest' };
  readonly fallback: readonly {
    readonly when: readonly ('no-agent' | 'wait-above' | 'breaker-open' | 'rejected')[];
    readonly afterMs: number;
    readonly to: TargetModel;
    readonly require?: readonly SkillRequirement[];
    readonly at: Origin;
  }[];
  readonly expect: readonly {
    readonly task: Task;
    /** Fleet ids, or nothing when the route must not take the task. */
    readonly goesTo?: readonly string[];
    readonly at: Origin;
  }[];
  /** It names a fleet that does not exist, which was reported: what seems to be missing may be what it meant. */
  readonly incomplete?: true;
}

export interface ScheduleModel extends Node {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly team: string;
  readonly cron: string;
  readonly tz: string;
  readonly task: string;
  readonly input: JsonObject;
  readonly labels: Readonly<Record<string, string>>;
  readonly overlap: 'skip' | 'queue' | 'replace';
  readonly catchUp: { readonly windowMs: number; readonly max: number };
}

export interface PatchModel extends Node {
  readonly id: string;
  readonly name: string;
  readonly team: string;
  /** Id of the fleet whose object is changed. */
  readonly fleet: string;
  readonly target: { readonly kind: string; readonly name?: string };
  readonly owner: string;
  readonly reason: string;
  /** Last day it counts, `YYYY-MM-DD`. */
  readonly expires: string;
  readonly operations: readonly PatchOperation[];
}

export type PatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: Json }
  | { readonly op: 'remove'; readonly path: string };
