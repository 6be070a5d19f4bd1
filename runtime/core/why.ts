import type { RoutePolicy } from './route-policy.ts';
import { NOBODY_THERE, type TaskRecord } from './task-record.ts';

/**
 * Why a task is where it is: one answer for one set of facts, the same on every scheduler. Each rule that holds the task back is
 * named, with the time since when it does or until when, where that is known, and the change that would lift it. `nearest` is
 * the change without which nothing else helps: the first rule that no clock lifts, else the clock that runs longest.
 */
export interface Why {
  readonly state: TaskRecord['state'];
  readonly says: string;
  readonly holds: readonly Hold[];
  readonly nearest?: string;
}

export interface Hold {
  readonly rule: Rule;
  readonly says: string;
  /** In milliseconds since 1970. */
  readonly sinceMs?: number;
  readonly untilMs?: number;
  readonly change: string;
}

/** In the order in which they are looked at. */
export type Rule =
  | 'delay'
  | 'recovery'
  | 'no-policy'
  | 'paused'
  | 'drain'
  | 'breaker'
  | 'provider'
  | 'team'
  | 'no-agent'
  | 'no-free-slot'
  | 'in-flight'
  | 'rate'
  | 'key'
  | 'affinity'
  | 'turn';

/** Everything that can hold a task back. Times are the store's. */
export interface WhyFacts {
  readonly record: TaskRecord;
  readonly nowMs: number;
  readonly fleet: string;
  readonly build: string;
  readonly route: string;
  readonly policy?: RoutePolicy;
  readonly holdUntilMs: number;
  readonly paused: boolean;
  /** Of the pause: what was given as its reason, and when it was asked for. */
  readonly pausedReason?: string;
  readonly pausedSinceMs?: number;
  readonly routeRunning: number;
  readonly rateUntilMs: number;
  readonly keyRunning: number;
  readonly ahead: number;
  readonly bound?: { readonly agent: string; readonly untilMs: number };
  /** Agents of the build that are connected and do not drain. */
  readonly agents: { readonly connected: number; readonly freeSlots: number; readonly noneSinceMs?: number };
  readonly breaker?: OpenBreaker;
  /** The build, or the whole fleet, was asked to take nothing new. */
  readonly drains?: boolean;
  readonly drainedSinceMs?: number;
  /** When the table that no longer has the route came into force. */
  readonly goneSinceMs?: number;
  /** Providers of the fleet that allow no start now. */
  readonly providers?: readonly ProviderHold[];
  /** The team of the route, when it runs as much as it may. */
  readonly fullTeam?: {
    readonly team: string;
    readonly running: number;
    readonly max: number;
    readonly sinceMs?: number;
  };
  /** Since when all slots of the build are taken, and the route runs as many as it may. */
  readonly noSlotSinceMs?: number;
  readonly routeFullSinceMs?: number;
}

export interface ProviderHold {
  readonly provider: string;
  readonly because: 'breaker' | 'concurrent' | 'rate';
  readonly sinceMs?: number;
  readonly untilMs?: number;
  readonly onlyAt?: readonly string[];
}

/** A breaker; each scheduler has its own. `onlyAt`: the schedulers where it is open, when the others may start runs. */
export interface OpenBreaker {
  readonly sinceMs: number;
  /** When the first of them lets a run try. */
  readonly untilMs: number;
  readonly onlyAt?: readonly string[];
}

export function why(facts: WhyFacts): Why {
  const { record } = facts;
  const holds = record.state === 'delayed' || record.state === 'ready' || record.state === 'held' ? holdsOf(facts) : [];
  // No rule holds it, and no clock lifts that: somebody decides.
  const nearest = record.state === 'dead' ? `nova-torch task retry ${record.id}` : nearestOf(holds);
  return { state: record.state, says: sentence(facts, holds), holds, ...(nearest !== undefined && { nearest }) };
}

function sentence({ record }: WhyFacts, holds: readonly Hold[]): string {
  const { state, agent = 'an agent', reason } = record;
  const because = reason === undefined ? '' : `: ${reason}`;
  const missed = reason === NOBODY_THERE ? '; nobody was there at the last call' : '';
  if (state === 'leased') return `${agent} runs it${record.cancelAsked ? ', and was asked to end it' : ''}${missed}`;
  if (state === 'dead') return `it is a dead letter${because}`;
  if (state === 'succeeded') return `${agent} finished it`;
  if (state === 'moved') return `another fleet took it${because}`;
  if (state === 'cancelled') return `it was cancelled${because}`;
  if (state === 'failed' || state === 'expired') return `it has ${state}${because}`;
  return `${holds[0]?.says ?? 'nothing holds it: the next free agent takes it'}${missed}`;
}

function nearestOf(holds: readonly Hold[]): string | undefined {
  const blocking = holds.filter(({ rule }) => rule !== 'turn');
  const first = blocking.find(({ untilMs }) => untilMs === undefined);
  // With one rule that no clock lifts, that one decides; otherwise the clock that runs longest.
  if (first !== undefined) return first.change;
  const timed = [...blocking].sort((a, b) => (b.untilMs ?? 0) - (a.untilMs ?? 0));
  return timed[0]?.change ?? holds[0]?.change;
}

type Looker = (facts: WhyFacts) => Hold | readonly Hold[] | undefined;

const LOOKERS: readonly Looker[] = [
  ({ record: { state, dueMs, sinceMs } }) =>
    state === 'delayed' && dueMs !== undefined
      ? hold('delay', `it is to start at ${iso(dueMs)}`, `wait until ${iso(dueMs)}`, { sinceMs, untilMs: dueMs })
      : undefined,
  ({ holdUntilMs, nowMs }) =>
    holdUntilMs > nowMs
      ? hold(
          'recovery',
          'the store is being rebuilt from the journals',
          'wait for the schedulers to finish their replay',
          {
            untilMs: holdUntilMs,
          },
        )
      : undefined,
  ({ policy, route, goneSinceMs }) =>
    policy === undefined
      ? hold(
          'no-policy',
          `the routing table no longer has ${route} for this fleet`,
          `restore ${route}, or cancel the task`,
          since(goneSinceMs),
        )
      : undefined,
  ({ paused, pausedReason, pausedSinceMs, fleet }) =>
    paused
      ? hold(
          'paused',
          `${fleet} is paused${pausedReason === undefined ? '' : `: ${pausedReason}`}`,
          `nova-torch fleet resume ${fleet}`,
          since(pausedSinceMs),
        )
      : undefined,
  ({ drains, drainedSinceMs, fleet, build }) =>
    drains === true
      ? hold(
          'drain',
          `${fleet} ${build} drains: it takes nothing new`,
          `nova-torch fleet resume ${fleet}`,
          since(drainedSinceMs),
        )
      : undefined,
  ({ breaker, nowMs, fleet, build }) =>
    breaker !== undefined && breaker.untilMs > nowMs
      ? hold(
          'breaker',
          `the circuit breaker of ${fleet} ${build} is open${onlyAt(breaker)}`,
          `wait until ${iso(breaker.untilMs)}`,
          breaker,
        )
      : undefined,
  ({ providers = [], ...facts }) => providers.map((one) => providerHold(one, facts)),
  ({ fullTeam }) =>
    fullTeam === undefined
      ? undefined
      : hold(
          'team',
          `${fullTeam.running} tasks of ${fullTeam.team} run, and ${fullTeam.max} may`,
          `wait for one to end, or raise inFlight of ${fullTeam.team} in the company`,
          since(fullTeam.sinceMs),
        ),
  ({ agents, fleet, build }) =>
    agents.connected === 0
      ? hold(
          'no-agent',
          `no agent of ${fleet} ${build} is connected`,
          `start an agent of ${fleet} ${build}`,
          since(agents.noneSinceMs),
        )
      : undefined,
  ({ agents, fleet, build, noSlotSinceMs }) =>
    agents.connected > 0 && agents.freeSlots === 0
      ? hold(
          'no-free-slot',
          `all slots of the ${agents.connected} agents of ${fleet} ${build} are taken`,
          `add agents to ${fleet}`,
          since(noSlotSinceMs),
        )
      : undefined,
  ({ policy, routeRunning, route, routeFullSinceMs }) =>
    policy?.inFlight !== undefined && routeRunning >= policy.inFlight
      ? hold(
          'in-flight',
          `${routeRunning} tasks of ${route} run, and ${policy.inFlight} may`,
          `wait for one to end, or raise limits.inFlight of ${route}`,
          since(routeFullSinceMs),
        )
      : undefined,
  ({ rateUntilMs, nowMs, route }) =>
    rateUntilMs > nowMs
      ? hold('rate', `${route} starts no faster than its limits.rate`, `wait until ${iso(rateUntilMs)}`, {
          untilMs: rateUntilMs,
        })
      : undefined,
  ({ policy, record, keyRunning, route }) =>
    record.key !== undefined && policy?.perKey?.onFull === 'queue' && keyRunning >= policy.perKey.max
      ? hold(
          'key',
          `${keyRunning} tasks with the key ${record.key} run, and ${policy.perKey.max} may`,
          `wait for one to end, or raise limits.perKey.max of ${route}`,
          { sinceMs: record.sinceMs },
        )
      : undefined,
  ({ bound, policy, record, nowMs }) => {
    if (bound === undefined || bound.untilMs <= nowMs || policy?.affinity === undefined || record.spilled)
      return undefined;
    const untilMs = record.sinceMs + policy.affinity.spillAfterMs;
    const change = `wait until ${bound.agent} is free, at most until ${iso(untilMs)}`;
    return hold('affinity', `its key keeps it for ${bound.agent}`, change, { sinceMs: record.sinceMs, untilMs });
  },
  ({ ahead, route, record: { sinceMs } }) =>
    ahead > 0
      ? hold('turn', `${ahead} tasks of ${route} come first`, `wait for ${ahead} tasks to start`, { sinceMs })
      : undefined,
];

function holdsOf(facts: WhyFacts): readonly Hold[] {
  return LOOKERS.flatMap((look) => look(facts) ?? []);
}

function providerHold(held: ProviderHold, facts: Pick<WhyFacts, 'ahead' | 'nowMs'>): Hold {
  const { provider, because, ...times } = held;
  switch (because) {
    case 'breaker': {
      const says = `the circuit breaker of the provider ${provider} is open${onlyAt(times)}`;
      return hold('provider', says, times.untilMs === undefined ? '' : `wait until ${iso(times.untilMs)}`, times);
    }
    case 'rate':
      return rateHold(held, facts);
    case 'concurrent':
      return hold(
        'provider',
        `as many tasks use ${provider} as it allows at once`,
        `wait for one to end, or raise limits.concurrent of ${provider}`,
        times,
      );
  }
}

/** The next start is for whoever comes first: no clock lifts what holds the others, and a fast rate allows one all the time. */
function rateHold(held: ProviderHold, { ahead, nowMs }: Pick<WhyFacts, 'ahead' | 'nowMs'>): Hold {
  const { provider, sinceMs, untilMs = 0 } = held;
  const says = `${provider} allows no more starts a second${onlyAt(held)}`;
  const raise = `raise limits.requests of ${provider}`;
  if (ahead > 0) return hold('provider', says, `${raise}, or wait for ${ahead} tasks to start`, since(sinceMs));
  if (untilMs <= nowMs) return hold('provider', says, `${raise}, or wait for the next start`, since(sinceMs));
  return hold('provider', says, `wait until ${iso(untilMs)}, or ${raise}`, { ...since(sinceMs), untilMs });
}

function hold(
  rule: Rule,
  says: string,
  change: string,
  times: { readonly sinceMs?: number; readonly untilMs?: number } = {},
): Hold {
  const { sinceMs, untilMs } = times;
  return {
    rule,
    says,
    ...(sinceMs !== undefined && { sinceMs }),
    ...(untilMs !== undefined && { untilMs }),
    change,
  };
}

function onlyAt({ onlyAt: names }: Pick<OpenBreaker, 'onlyAt'>): string {
  return names === undefined ? '' : ` at ${names.join(', ')}; other schedulers may start it`;
}

function since(sinceMs: number | undefined): { readonly sinceMs?: number } {
  return sinceMs === undefined ? {} : { sinceMs };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
