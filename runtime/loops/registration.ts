import type { RegisterRequest } from '../../spec/contract/protocol.ts';
import type { RegisterOutcome } from '../core/scheduler.ts';
import { beginAnew } from './agent-drain.ts';
import type { Engine } from './engine.ts';

/** `Scheduler.register`. */
export function register(engine: Engine, fleet: string, request: RegisterRequest): RegisterOutcome {
  const declared = engine.tables.compiled.table.fleets[fleet];
  if (declared === undefined) return { kind: 'unknown-fleet' };
  const builds = Object.keys(declared.builds);
  const build = request.build ?? mostWeight(declared.builds);
  const known = build !== undefined && builds.includes(engine.tables.buildOf(fleet, build));
  if (build === undefined || !known) return { kind: 'unknown-build', builds };
  const agent = engine.pool.see({ fleet, name: request.name }, { build, slots: request.slots, free: request.slots });
  agent.bornMs = engine.clock.nowMs();
  const state = engine.fleets.get(fleet);
  // A new life under the same name, as a pod that was started again has.
  if (state !== undefined) void beginAnew(engine, state, agent);
  return {
    kind: 'registered',
    response: {
      agent: agent.name,
      fleet,
      build,
      pollMs: engine.bounds.pollMs,
      drainMs: declared.drainMs,
    },
  };
}

function mostWeight(builds: Readonly<Record<string, number>>): string | undefined {
  return Object.keys(builds).sort((a, b) => (builds[b] ?? 0) - (builds[a] ?? 0) || (a < b ? -1 : 1))[0];
}
