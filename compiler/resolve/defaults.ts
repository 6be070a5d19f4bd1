import type { Defaults } from '../../spec/contract/generated/types.ts';
import type { Filled } from './filled.ts';

/**
 * What the language says where nobody else does: the lowest layer. The schemas' `default` values are the truth that
 * editors show; a test holds this copy to them, so that no schema is parsed at run time.
 */
export const LANGUAGE_DEFAULTS = Object.freeze({
  fleet: {
    agent: {
      delivery: 'pull',
      slots: 1,
      resources: { cpu: '250m', memory: '512Mi', ephemeral: '512Mi' },
      ports: { http: 8080, metrics: 9464 },
      args: [],
      env: {},
    },
    skills: {},
    secrets: {},
    egress: {},
    providers: [],
    tools: {},
    talksTo: {},
    flags: {},
    scale: {
      min: 1,
      max: 4,
      target: { queueWait: '30s', slotUse: '70%' },
      down: { after: '5m' },
      schedule: [],
    },
    rollout: { strategy: 'rolling', steps: [], gate: {}, onFailure: 'rollback', drain: '10m' },
    slo: { success: '99%', window: '30d', assign: 'p99 < 100ms' },
    observe: { traces: '10%', logs: 'info' },
  },
  task: {
    timeouts: { queue: '10m', run: '15m', heartbeat: '30s' },
    retry: { attempts: 3, backoff: { first: '1s', factor: 2, max: '5m', jitter: 'full' }, never: [] },
    effects: 'idempotent',
  } satisfies Filled<NonNullable<Defaults['task']>>,
  route: {
    match: { labels: {} },
    precedence: 500,
    require: { skills: {} },
    priority: { default: 'normal', when: [] },
    limits: {},
    queue: { maxDepth: 10_000, maxAge: '1h', onFull: 'reject' },
    fallback: [],
    expect: [],
  },
  environment: {
    platform: { mesh: 'sidecar', revision: 'default', nodeLocalDns: false },
    images: { requireDigest: false },
    scheduler: { replicas: 2, image: 'ghcr.io/nova-torch/nova-torch:0.1.0', journal: '10Gi', mirror: 'none' },
    dragonfly: {
      replicas: 2,
      image: 'docker.dragonflydb.io/dragonflydb/dragonfly:v1.40.1',
      memory: '2Gi',
      snapshotEvery: '5m',
    },
    arrivals: {},
  },
  provider: { breaker: { errors: 5, openFor: '30s' }, limits: {} },
  toolServer: { transport: 'streamable-http' },
  schedule: { tz: 'Etc/UTC', input: {}, labels: {}, overlap: 'skip', catchUp: { window: '1h', max: 1 } },
  team: { quota: {}, egress: [], secretPrefixes: [], submitters: [], exports: {} },
} as const);

/** Defaults of values that stand in a map or a part that may be absent: they hold once it is there. */
export const PART_DEFAULTS = Object.freeze({
  scaleSchedule: { tz: 'Etc/UTC' },
  memory: { path: '/var/lib/agent', keep: 'always' },
  secret: { mount: 'file' },
  egress: { port: 443 },
  flagRule: { by: 'tenant' },
  affinity: { mode: 'soft', hold: '10m', spillAfter: '15s' },
  aging: { max: 'high' },
  fairness: { key: 'tenant' },
  perKey: { onFull: 'queue' },
  dedupe: { onHit: 'join' },
  fallback: { after: '1m' },
  people: { groups: 'groups' },
  secrets: { engine: 'vault', delivery: 'vso', mount: 'kubernetes' },
  grafanaFolder: 'Nova-Torch',
  grafanaOutput: 'operator',
  branch: 'main',
  teamWeight: 1,
} as const);
