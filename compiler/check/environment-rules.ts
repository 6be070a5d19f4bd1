import { arrivals } from './capacity/arrivals.ts';
import { fleetCapacity } from './capacity/fleet-capacity.ts';
import { quota } from './capacity/quota.ts';
import { routeLimits } from './capacity/route-limits.ts';
import { taskCapacity } from './capacity/task-capacity.ts';
import { callCycle } from './graph/call-cycle.ts';
import { clocks } from './graph/clocks.ts';
import { derivedNames } from './graph/derived-names.ts';
import { endpoints } from './graph/endpoints.ts';
import { mirrors } from './graph/mirrors.ts';
import { snapshots } from './graph/snapshots.ts';
import { singleFailure } from './objectives/success.ts';
import { exportsGranted } from './ownership/exports.ts';
import { patchOwner } from './ownership/patch-owner.ts';
import { patchScope } from './ownership/patch-scope.ts';
import { secretPrefixes } from './ownership/secret-prefixes.ts';
import { sharedSecretPrefix } from './ownership/secrets.ts';
import { submitters } from './ownership/submitters.ts';
import { affinity } from './routing/affinity.ts';
import { aging } from './routing/aging.ts';
import { canaryTraffic } from './routing/canary-traffic.ts';
import { capableFleet } from './routing/capable-fleet.ts';
import { conditions } from './routing/conditions.ts';
import { dedupeWindow } from './routing/dedupe-window.ts';
import { dynamicSkills } from './routing/dynamic-skills.ts';
import { expectCases } from './routing/expect.ts';
import { fallbackCycle } from './routing/fallback-cycle.ts';
import { fallback } from './routing/fallback.ts';
import { idleFleet } from './routing/idle-fleet.ts';
import { keys } from './routing/keys.ts';
import { neverHolds } from './routing/never-holds.ts';
import { perKeyLimit } from './routing/per-key-limit.ts';
import { precedence } from './routing/precedence.ts';
import { priority } from './routing/priority.ts';
import { queueAge } from './routing/queue-age.ts';
import { routeNumbers } from './routing/route-numbers.ts';
import { routesOfFleet } from './routing/routes-of-fleet.ts';
import { scheduleInput } from './routing/schedule-input.ts';
import { scheduleRoute } from './routing/schedule-route.ts';
import { unacceptedTask } from './routing/unaccepted-task.ts';
import { unroutedTask } from './routing/unrouted-task.ts';
import { weights } from './routing/weights.ts';
import type { EnvironmentCheck } from './each-environment.ts';

/** The rules that compare fleets, routes and what is shared: whether it fits together, where tasks go and whether it holds. */
export const environmentRules: Readonly<Record<string, EnvironmentCheck>> = Object.freeze({
  exports: exportsGranted,
  'shared-secrets': sharedSecretPrefix,
  'patch-owner': patchOwner,
  'call-cycle': callCycle,
  'derived-names': derivedNames,
  snapshots,
  mirrors,
  endpoints,
  'unrouted-task': unroutedTask,
  'unaccepted-task': unacceptedTask,
  'idle-fleet': idleFleet,
  'routes-of-fleet': routesOfFleet,
  'route-numbers': routeNumbers,
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
  aging,
  'expect-cases': expectCases,
  'schedule-route': scheduleRoute,
  'schedule-input': scheduleInput,
  'fleet-capacity': fleetCapacity,
  'task-capacity': taskCapacity,
  'route-limits': routeLimits,
  arrivals,
  quota,
  'single-failure': singleFailure,
  'patch-scope': patchScope,
  'secret-prefixes': secretPrefixes,
  submitters,
  clocks,
});
