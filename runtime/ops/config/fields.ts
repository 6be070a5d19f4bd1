import { choice, flag, integer, optional, secret, share, text, type Form, type ValuesOf } from './field.ts';

const NAME: Form = ['^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$', 'lower-case letters, digits and dashes'];
const HTTP_URL: Form = ['^https?://[^\\s@]+$', 'a URL that begins with http:// or https://, without a login'];
const STORE_URL: Form = [
  '^(memory:|rediss?://[^\\s@]+|unix:/\\S+)$',
  'memory:, redis://, rediss:// or unix:/, without a login',
];
const PEER_URL: Form = [
  '^https?://[^\\s@]+$',
  'a URL that begins with http:// or https://, without a login; `{name}` stands for the name of the peer',
];
const WORKLOAD: Form = [
  '^[a-z0-9-]{1,63}/[a-z0-9.-]{1,253}$',
  'a namespace and a ServiceAccount, with a slash between',
];
const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;
/** The largest volume that a spec may ask for. */
const VOLUME_MAX = 16 * 1024 * GIB;

/**
 * Every setting of `nova-torch serve`. Amounts say their unit in their name. To add one: a line here, `npm run docs`, and
 * whoever uses it; one that the compiler writes stands in `compiler/emitters/platform/scheduler-pod.ts` as well.
 */
export const configFields = {
  environment: text(NAME, 'dev', {
    variable: 'NOVA_TORCH_ENVIRONMENT',
    about: 'The environment this scheduler is part of; a routing table of another one is refused',
  }),
  scheduler: {
    id: text(NAME, 'scheduler-0', {
      variable: 'NOVA_TORCH_SCHEDULER_ID',
      about: 'Its own name, stable over restarts: what it has promised is kept under it. Ends in its number',
    }),
    count: integer(1, 16, 1, {
      variable: 'NOVA_TORCH_SCHEDULER_COUNT',
      about: 'How many schedulers there are; their names end in 0, 1 and so on',
    }),
    // More seldom than every 50 seconds, and one that failed would use up a page's share of the uptime objective.
    canarySeconds: integer(0, 50, 15, {
      variable: 'NOVA_TORCH_CANARY_SECONDS',
      about: 'Every so many seconds it sends a task through itself, which measures its uptime; 0 for never',
    }),
    lameDuckMs: integer(0, 60_000, 0, {
      variable: 'NOVA_TORCH_LAME_DUCK_MS',
      about:
        'How long it goes on working after SIGTERM, while it says that it is not ready: until nobody is sent here. Up to as ' +
        'long again while somebody is',
    }),
    shutdownMs: integer(0, 600_000, 45_000, {
      variable: 'NOVA_TORCH_SHUTDOWN_MS',
      about: 'How long it may take to end after that before it is cut short',
    }),
  },
  http: {
    host: text(undefined, '127.0.0.1', { variable: 'NOVA_TORCH_HTTP_HOST', about: 'Address of the API' }),
    port: integer(0, 65_535, 8080, { variable: 'NOVA_TORCH_HTTP_PORT', about: 'Port of the API; 0 takes a free one' }),
  },
  ops: {
    host: text(undefined, '127.0.0.1', { variable: 'NOVA_TORCH_OPS_HOST', about: 'Address of health and metrics' }),
    port: integer(0, 65_535, 9090, {
      variable: 'NOVA_TORCH_OPS_PORT',
      about: 'Port of health and metrics; 0 takes a free one',
    }),
  },
  store: {
    url: text(STORE_URL, 'memory:', {
      variable: 'NOVA_TORCH_STORE_URL',
      about: 'Dragonfly, Valkey or Redis; `memory:` keeps the view in this process, for one scheduler alone',
    }),
    user: optional(undefined, { variable: 'NOVA_TORCH_STORE_USER', about: 'User of the store' }),
    password: secret({ variable: 'NOVA_TORCH_STORE_PASSWORD_FILE', about: 'File with the password of that user' }),
  },
  journal: {
    dir: text(undefined, '.nova-torch/journal', {
      variable: 'NOVA_TORCH_JOURNAL_DIR',
      about: 'Folder of the journal: the only thing that must never be lost',
    }),
    bytesMax: integer(16 * MIB, VOLUME_MAX, GIB, {
      variable: 'NOVA_TORCH_JOURNAL_BYTES_MAX',
      about:
        'Bytes it may take; submissions are refused beyond. What ends tasks still goes in, and one of its files at most when open ' +
        'tasks are carried out of an old one: leave room for that on its disk',
    }),
    segmentBytes: integer(MIB, GIB, 16 * MIB, {
      variable: 'NOVA_TORCH_JOURNAL_SEGMENT_BYTES',
      about: 'Bytes of one of its files; space comes back in these. At most a quarter of `journal.bytesMax`',
    }),
    mirror: choice(['none', 'peer'], 'none', {
      variable: 'NOVA_TORCH_JOURNAL_MIRROR',
      about: 'Whether a second scheduler has all that the journal has, on its own disk, before anybody is answered',
    }),
    // Another scheduler's submission is open until it has heard of the end, and comes back with a store that is lost before
    // that: the end must be here still.
    keepMs: integer(60_000, 2_592_000_000, 3_600_000, {
      variable: 'NOVA_TORCH_JOURNAL_KEEP_MS',
      about:
        'How long the ends of tasks are kept at least: longer than a scheduler may be away, and than a store may be set back',
    }),
  },
  mirror: {
    peer: optional(PEER_URL, {
      variable: 'NOVA_TORCH_MIRROR_PEER',
      about:
        'Where the peer takes mirrors; `{name}` stands for its name. The peer of a scheduler is the one with the next number, ' +
        'of the last the first',
    }),
    dir: text(undefined, '.nova-torch/mirror', {
      variable: 'NOVA_TORCH_MIRROR_DIR',
      about: 'Folder of the mirror that is kept here for another scheduler',
    }),
    host: text(undefined, '127.0.0.1', {
      variable: 'NOVA_TORCH_MIRROR_HOST',
      about: 'Address at which that is taken',
    }),
    port: integer(0, 65_535, 8081, {
      variable: 'NOVA_TORCH_MIRROR_PORT',
      about: 'Port at which that is taken; 0 takes a free one',
    }),
    waitMs: integer(10, 4000, 1000, {
      variable: 'NOVA_TORCH_MIRROR_WAIT_MS',
      about: 'How long answers wait for a peer that does not answer, before they go out without it',
    }),
    restore: choice(['wait', 'skip'], 'wait', {
      variable: 'NOVA_TORCH_MIRROR_RESTORE',
      about:
        'What a scheduler does whose disk is empty: bring back what its peer has, and wait for a peer that does not answer, or ' +
        'begin without asking',
    }),
    workload: optional(WORKLOAD, {
      variable: 'NOVA_TORCH_MIRROR_WORKLOAD',
      about: 'The ServiceAccount of the schedulers, with its namespace: nobody else may send a mirror or ask for one',
    }),
    tokenPath: optional(undefined, {
      variable: 'NOVA_TORCH_MIRROR_TOKEN_PATH',
      about:
        'File with a token of that ServiceAccount, shown to the peer where no proxy of the mesh speaks for it; read again ' +
        'every minute',
    }),
  },
  routing: {
    dir: text(undefined, 'generated/dev', {
      variable: 'NOVA_TORCH_ROUTING_DIR',
      about: 'Folder with the routing table, whole or in parts; what changes there is taken without a restart',
    }),
  },
  log: {
    level: choice(['debug', 'info', 'warn', 'error'], 'info', {
      variable: 'NOVA_TORCH_LOG_LEVEL',
      about: 'What is logged: this and everything graver',
    }),
  },
  traces: {
    endpoint: optional(HTTP_URL, {
      variable: 'OTEL_EXPORTER_OTLP_ENDPOINT',
      about: 'Collector that takes OTLP over gRPC; without one no spans are made',
    }),
    service: text(NAME, 'nova-torch-scheduler', {
      variable: 'OTEL_SERVICE_NAME',
      about: 'Under which name spans and logs are found',
    }),
    share: share(1, {
      variable: 'NOVA_TORCH_TRACES_SHARE',
      about: 'Share of the traces that begin here; the collectors choose again',
    }),
  },
  audit: {
    dir: text(undefined, '.nova-torch/audit', {
      variable: 'NOVA_TORCH_AUDIT_DIR',
      about: 'Folder of the audit log',
    }),
    macKey: secret({
      variable: 'NOVA_TORCH_AUDIT_MAC_KEY_FILE',
      about: 'File with the key of its chain; made in the folder when nobody gives one',
    }),
    signingKey: secret({
      variable: 'NOVA_TORCH_AUDIT_SIGNING_KEY_FILE',
      about: 'File with the Ed25519 key (PEM) that signs its checkpoints; made in the folder when nobody gives one',
    }),
    checkpointMs: integer(100, 3_600_000, 10_000, {
      variable: 'NOVA_TORCH_AUDIT_CHECKPOINT_MS',
      about: 'A checkpoint is signed so long after a record at the latest',
    }),
    checkpointRecords: integer(1, 100_000, 1000, {
      variable: 'NOVA_TORCH_AUDIT_CHECKPOINT_RECORDS',
      about: 'And after so many records',
    }),
    fileBytesMax: integer(4096, 256 * MIB, 16 * MIB, {
      variable: 'NOVA_TORCH_AUDIT_FILE_BYTES_MAX',
      about: 'Bytes of one of its files, before it is compressed',
    }),
    bytesMax: integer(16 * KIB, VOLUME_MAX, GIB, {
      variable: 'NOVA_TORCH_AUDIT_BYTES_MAX',
      about:
        'Bytes of all its files, the closed ones compressed; beyond that the oldest goes, and the log says so. At least four ' +
        'times `audit.fileBytesMax`',
    }),
  },
  auth: {
    devToken: secret({
      variable: 'NOVA_TORCH_AUTH_DEV_TOKEN_FILE',
      about: 'File with a token that may do everything; refused unless the API listens on loopback only',
    }),
    mesh: flag(false, {
      variable: 'NOVA_TORCH_AUTH_MESH',
      about: "Whether the mesh's proxy beside it says who calls (`x-forwarded-client-cert`)",
    }),
    trustDomain: text(undefined, 'cluster.local', {
      variable: 'NOVA_TORCH_AUTH_TRUST_DOMAIN',
      about: 'Whose identities of the mesh count',
    }),
    cluster: flag(false, {
      variable: 'NOVA_TORCH_AUTH_CLUSTER',
      about:
        'Whether tokens of the ServiceAccounts of this cluster count: its issuer is that of the token in `/var/run/secrets/kubernetes.io/serviceaccount`, its keys come from the API server',
    }),
    serviceAccountIssuer: optional(HTTP_URL, {
      variable: 'NOVA_TORCH_AUTH_SERVICE_ACCOUNT_ISSUER',
      about: 'Issuer of the tokens of ServiceAccounts of another cluster, or of one whose API server cannot be asked',
    }),
    serviceAccountKeys: optional(HTTP_URL, {
      variable: 'NOVA_TORCH_AUTH_SERVICE_ACCOUNT_KEYS',
      about: 'Where its public keys are (JWKS)',
    }),
    peopleIssuer: optional(HTTP_URL, {
      variable: 'NOVA_TORCH_AUTH_PEOPLE_ISSUER',
      about: 'Issuer of the tokens of people (OIDC)',
    }),
    peopleKeys: optional(HTTP_URL, {
      variable: 'NOVA_TORCH_AUTH_PEOPLE_KEYS',
      about: 'Where its public keys are (JWKS)',
    }),
    peopleRoles: text(undefined, 'groups', {
      variable: 'NOVA_TORCH_AUTH_PEOPLE_ROLES',
      about: 'Claim with the groups of a person',
    }),
    audience: text(undefined, 'nova-torch', {
      variable: 'NOVA_TORCH_AUTH_AUDIENCE',
      about: 'For whom a token must have been made',
    }),
  },
} as const;

/** What `nova-torch serve` runs with: every setting has its value, secrets are read. */
export type Config = ValuesOf<typeof configFields>;
