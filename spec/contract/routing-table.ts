import type { Expression } from './expression.ts';
import type { JsonObject } from './source.ts';
import type { Priority } from './task.ts';

/**
 * What the compiler hands to the scheduler: `generated/<environment>/routing-table.json`. Plain JSON, sorted, complete: the
 * scheduler needs nothing else to decide. `schema` is raised when a reader of the old shape would decide differently.
 */
export interface RoutingTable {
  readonly schema: 1;
  readonly environment: string;
  /** `sha256-` and the hex SHA-256 of the table's canonical JSON without this field. */
  readonly digest: string;
  readonly teams: Readonly<Record<string, TableTeam>>;
  /** By fleet id. */
  readonly fleets: Readonly<Record<string, TableFleet>>;
  /** In the order in which they are tried. */
  readonly routes: readonly TableRoute[];
  readonly schedules: readonly TableSchedule[];
  /** Shared limits by provider name. */
  readonly providers: Readonly<Record<string, TableProvider>>;
  /** JSON Schemas of inputs and outputs, by `sha256-` and their digest. */
  readonly schemas: Readonly<Record<string, JsonObject>>;
}

/**
 * Most routes that lead to one fleet, as a target or as a fallback. The limits of all of them are handed to the fleet's part of
 * the store in one piece, and it works through no more at once.
 */
export const ROUTES_OF_FLEET_MAX = 1000;

export interface TableTeam {
  /** Share of a busy scheduler. */
  readonly weight: number;
  /** Most tasks in flight. */
  readonly inFlightMax?: number;
  /** ServiceAccounts that submit for it besides its fleets, `namespace/name`, sorted. */
  readonly submitters?: readonly string[];
}

export interface TableProvider {
  readonly requestsPerSecond?: number;
  readonly concurrent?: number;
  /** After so many errors in a row, from 1 on, its tasks are held back for `openForMs`. */
  readonly breaker: { readonly errors: number; readonly openForMs: number };
}

export interface TableFleet {
  readonly team: string;
  readonly namespace: string;
  readonly delivery: 'pull' | 'push';
  /** Where tasks are handed over to a push fleet, as `POST`. */
  readonly url?: string;
  readonly slots: number;
  readonly skills: Readonly<Record<string, number>>;
  readonly providers: readonly string[];
  readonly drainMs: number;
  /**
   * Build -> share 0..10000 of the tasks. The declared build has all of it until a canary step moves some; there is room
   * for a second build, and the shares add up to 10000.
   */
  readonly builds: Readonly<Record<string, number>>;
  /** Agents of any other build may take its tasks too: a rolling update replaces them one by one. */
  readonly anyBuild?: true;
  /** How a new build gets its share, when the routing table moves it. */
  readonly canary?: {
    /** `weight` is a share 0..10000, growing. */
    readonly steps: readonly { readonly weight: number; readonly holdMs: number }[];
    /** What must hold on the new build: share of successes 0..1, time of a run. */
    readonly gate: {
      readonly success: number;
      readonly run?: { readonly percentile: number; readonly boundMs: number };
    };
    readonly onFailure: 'rollback' | 'pause';
  };
  readonly accepts: Readonly<Record<string, TableAccept>>;
  /** Fleet id -> task types it may ask for. */
  readonly calls: Readonly<Record<string, readonly string[]>>;
}

export interface TableAccept {
  readonly input?: string;
  readonly output?: string;
  readonly queueMs: number;
  readonly runMs: number;
  readonly heartbeatMs: number;
  readonly attempts: number;
  readonly backoff: {
    readonly firstMs: number;
    readonly factor: number;
    readonly maxMs: number;
    readonly jitter: 'full' | 'none';
  };
  readonly never: readonly string[];
  readonly effects: 'none' | 'idempotent' | 'external';
}

/** `[template, level]` pairs; a template holds `{input.x}` parts when it depends on the task. */
export type TableSkills = readonly (readonly [template: string, level: number])[];

export interface TableRoute {
  readonly id: string;
  readonly team: string;
  readonly tasks: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly where?: Expression;
  readonly require: TableSkills;
  readonly to: readonly { readonly fleet: string; readonly weight: number }[];
  readonly affinity?: {
    readonly key: string;
    readonly mode: 'soft' | 'hard';
    readonly holdMs: number;
    readonly spillAfterMs: number;
  };
  readonly priority: {
    readonly default: Priority;
    readonly when: readonly { readonly if: Expression; readonly then: Priority }[];
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
    readonly fleet: string;
    readonly require?: TableSkills;
  }[];
}

export interface TableSchedule {
  readonly id: string;
  readonly team: string;
  readonly cron: string;
  readonly tz: string;
  readonly task: string;
  readonly input: JsonObject;
  readonly labels: Readonly<Record<string, string>>;
  readonly overlap: 'skip' | 'queue' | 'replace';
  readonly catchUp: { readonly windowMs: number; readonly max: number };
}
