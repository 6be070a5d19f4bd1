import type { AuditEvent } from '../../core/audit-sink.ts';
import { Bench, table } from '../../loops/testing/bench.ts';
import type { RunningScheduler, SchedulerOptions } from '../../loops/scheduler.ts';
import { devAuthenticator } from '../authenticators.ts';
import type { Authenticator, Identity, Role } from '../identity.ts';
import { DEFAULT_LIMITS, type ApiLimits } from '../limits.ts';
import { undocumented } from './documented.ts';
import type { ApiOptions } from '../server.ts';
import { startApi, type RunningApi } from '../start-api.ts';

/** A real scheduler behind the real API, on a free port of loopback. */
export interface Served {
  readonly api: RunningApi;
  readonly scheduler: RunningScheduler;
  readonly audited: readonly AuditEvent[];
  readonly faults: readonly unknown[];
  /** Fails for an answer that the API's document does not describe. */
  request(method: string, path: string, options?: RequestOptions): Promise<Response>;
  close(): Promise<void>;
}

export interface RequestOptions {
  /** Text of the bearer token: `dev`, or the JSON of a made identity. */
  readonly as?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Says of whom it is: for tests of what roles may do. */
export function tokenOf(roles: readonly Role[], more: Pick<Identity, 'tenant' | 'teams' | 'fleet'> = {}): string {
  return Buffer.from(JSON.stringify({ roles, ...more })).toString('base64url');
}

const statedAuthenticator: Authenticator = {
  name: 'stated by the test',
  authenticate: ({ authorization }) => {
    if (authorization === undefined) return Promise.resolve(undefined);
    try {
      const text = Buffer.from(authorization.slice('Bearer '.length), 'base64url').toString();
      const { roles, ...more } = JSON.parse(text) as { roles: Role[] } & Pick<Identity, 'tenant' | 'teams' | 'fleet'>;
      return Promise.resolve({ subject: `test:${roles.join('+')}`, roles: new Set(roles), ...more });
    } catch {
      return Promise.resolve('refused');
    }
  },
};

export interface ServedOptions extends Partial<Omit<ApiOptions, 'limits' | 'scheduler'>> {
  readonly limits?: Partial<ApiLimits>;
  readonly bench?: Bench;
  /** Of the scheduler. */
  readonly name?: string;
  readonly scheduling?: Partial<SchedulerOptions>;
}

export async function served({
  limits = {},
  bench = new Bench(),
  name = 's-0',
  scheduling = {},
  ...api
}: ServedOptions = {}): Promise<Served> {
  const scheduler = await bench.start(name, scheduling);
  const audited: AuditEvent[] = [];
  const faults: unknown[] = [];
  const running = await startApi({
    scheduler,
    table: () => scheduling.table ?? table(),
    authenticators: [devAuthenticator('dev-token'), statedAuthenticator],
    audit: { record: (event) => audited.push(event) },
    version: '0.0.0-test',
    nowMs: () => Date.now(),
    onUnasked: () => undefined,
    onFault: (error) => faults.push(error),
    ...api,
    limits: { ...DEFAULT_LIMITS, ...limits },
    metrics: () => Promise.resolve('# nothing\n'),
    contentType: 'text/plain',
    host: '127.0.0.1',
    port: 0,
    opsHost: '127.0.0.1',
    opsPort: 0,
  });
  return {
    api: running,
    scheduler,
    audited,
    faults,
    request: async (method, path, { as, body, headers, signal } = {}) => {
      const response = await fetch(`${running.url}${path}`, {
        method,
        headers: {
          ...(as !== undefined && { authorization: `Bearer ${as === 'dev' ? 'dev-token' : as}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        ...(signal !== undefined && { signal }),
      });
      // An event stream has no end that could be waited for here.
      if (response.headers.get('content-type') === 'text/event-stream') return response;
      const text = await response.clone().text();
      const wrong = undocumented(method, path, { status: response.status, headers: response.headers, text });
      if (wrong !== '') throw new Error(`${method} ${path}: ${wrong}`);
      return response;
    },
    close: async () => {
      await running.close();
      await bench.close();
    },
  };
}
