import { arrivals } from './capacity/arrivals.ts';
import { fleetCapacity } from './capacity/fleet-capacity.ts';
import { quota } from './capacity/quota.ts';
import { routeLimits } from './capacity/route-limits.ts';
import { scaleBounds } from './capacity/scale-bounds.ts';
import { scalerLimits } from './capacity/scaler-limits.ts';
import { taskCapacity } from './capacity/task-capacity.ts';
import { clocks } from './graph/clocks.ts';
import { patchScope } from './ownership/patch-scope.ts';
import { secretPrefixes } from './ownership/secret-prefixes.ts';
import type { EnvironmentCheck } from './each-environment.ts';
import { agentPorts } from './graph/agent-ports.ts';
import { callCycle } from './graph/call-cycle.ts';
import { derivedNames } from './graph/derived-names.ts';
import { endpoints } from './graph/endpoints.ts';
import { envNames } from './graph/env-names.ts';
import { reservedLabels } from './graph/reserved-labels.ts';
import { flagRules } from './flags/flag-rules.ts';
import { flagVariants } from './flags/flag-variants.ts';
import { leases } from './graph/leases.ts';
import { memoryPath } from './graph/memory-path.ts';
import { gate } from './objectives/gate.ts';
import { latencyObjective } from './objectives/latency.ts';
import { measuredObjective } from './objectives/measured.ts';
import { plainPorts } from './graph/plain-ports.ts';
import { successObjective } from './objectives/success.ts';
import { egressAllowed } from './ownership/egress.ts';
import { exportsGranted } from './ownership/exports.ts';
import { images } from './ownership/images.ts';
import { flagOwner } from './ownership/flag-owner.ts';
import { patchOwner } from './ownership/patch-owner.ts';
import { secretPrefix } from './ownership/secrets.ts';
import { submitters } from './ownership/submitters.ts';
import { blueGreen } from './rollout/blue-green.ts';
import { canary } from './rollout/canary.ts';
import { drain } from './rollout/drain.ts';
import { underway } from './rollout/underway.ts';
import { idleMemory } from './rollout/idle-memory.ts';
import { leaseEnd } from './rollout/lease-end.ts';
import { ports } from './rollout/ports.ts';
import { pushWake } from './rollout/push-wake.ts';
import { affinity } from './routing/affinity.ts';
import { aging } from './routing/aging.ts';
import { canaryTraffic } from './routing/canary-traffic.ts';
import { capableFleet } from './routing/capable-fleet.ts';
import { conditions } from './routing/conditions.ts';
import { dedupeWindow } from './routing/dedupe-window.ts';
import { dynamicSkills } from './routing/dynamic-skills.ts';
import { expectCases } from './routing/expect.ts';
import { fallback } from './routing/fallback.ts';
import { fallbackCycle } from './routing/fallback-cycle.ts';
import { heartbeat } from './routing/heartbeat.ts';
import { idleFleet } from './routing/idle-fleet.ts';
import { keys } from './routing/keys.ts';
import { neverHolds } from './routing/never-holds.ts';
import { perKeyLimit } from './routing/per-key-limit.ts';
import { precedence } from './routing/precedence.ts';
import { priority } from './routing/priority.ts';
import { queueAge } from './routing/queue-age.ts';
import { scheduleInput } from './routing/schedule-input.ts';
import { scheduleRoute } from './routing/schedule-route.ts';
import { unacceptedTask } from './routing/unaccepted-task.ts';
import { unroutedTask } from './routing/unrouted-task.ts';
import { weights } from './routing/weights.ts';

/** The rules that look at one environment: what belongs to whom, whether it fits together, where tasks go and whether it holds. */
export const environmentRules: Readonly<Record<string, EnvironmentCheck>> = Object.freeze({
  exports: exportsGranted,
  secrets: secretPrefix,
  egress: egressAllowed,
  images,
  'patch-owner': patchOwner,
  'flag-owner': flagOwner,
  'call-cycle': callCycle,
  'derived-names': derivedNames,
  'env-names': envNames,
  leases,
  'reserved-labels': reservedLabels,
  'agent-ports': agentPorts,
  'memory-path': memoryPath,
  endpoints,
  'plain-ports': plainPorts,
  'unrouted-task': unroutedTask,
  'unaccepted-task': unacceptedTask,
  'idle-fleet': idleFleet,
  'capable-fleet': capableFleet,
  'dynamic-skills': dynamicSkills,
  conditions,
  keys,
  'never-holds': neverHolds,
  precedence,
  priority,
  weights,
  'canary-traffic': canaryTraffic,
  fallback,
  'fallback-cycle': fallbackCycle,
  affinity,
  'dedupe-window': dedupeWindow,
  'per-key-limit': perKeyLimit,
  'queue-age': queueAge,
  heartbeat,
  aging,
  'expect-cases': expectCases,
  'schedule-route': scheduleRoute,
  'schedule-input': scheduleInput,
  'fleet-capacity': fleetCapacity,
  'task-capacity': taskCapacity,
  'route-limits': routeLimits,
  arrivals,
  'scale-bounds': scaleBounds,
  'scaler-limits': scalerLimits,
  quota,
  'success-objective': successObjective,
  'latency-objective': latencyObjective,
  'measured-objective': measuredObjective,
  gate,
  canary,
  'blue-green': blueGreen,
  underway,
  'push-wake': pushWake,
  drain,
  'idle-memory': idleMemory,
  'lease-end': leaseEnd,
  ports,
  'patch-scope': patchScope,
  'secret-prefixes': secretPrefixes,
  submitters,
  'flag-variants': flagVariants,
  'flag-rules': flagRules,
  clocks,
});
