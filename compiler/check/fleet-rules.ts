import { scaleBounds } from './capacity/scale-bounds.ts';
import { scalerLimits } from './capacity/scaler-limits.ts';
import { flagRules } from './flags/flag-rules.ts';
import { flagVariants } from './flags/flag-variants.ts';
import { agentPorts } from './graph/agent-ports.ts';
import { scaleClocks } from './graph/clocks.ts';
import { envNames } from './graph/env-names.ts';
import { leases } from './graph/leases.ts';
import { memoryPath } from './graph/memory-path.ts';
import { plainPorts } from './graph/plain-ports.ts';
import { reservedLabels } from './graph/reserved-labels.ts';
import { gate } from './objectives/gate.ts';
import { latencyObjective } from './objectives/latency.ts';
import { measuredObjective } from './objectives/measured.ts';
import { successObjective } from './objectives/success.ts';
import { egressAllowed } from './ownership/egress.ts';
import { flagOwner } from './ownership/flag-owner.ts';
import { images } from './ownership/images.ts';
import { secretPrefix } from './ownership/secrets.ts';
import { blueGreen } from './rollout/blue-green.ts';
import { canary } from './rollout/canary.ts';
import { drain } from './rollout/drain.ts';
import { idleMemory } from './rollout/idle-memory.ts';
import { leaseEnd } from './rollout/lease-end.ts';
import { ports } from './rollout/ports.ts';
import { pushWake } from './rollout/push-wake.ts';
import { underway } from './rollout/underway.ts';
import { heartbeat } from './routing/heartbeat.ts';
import type { FleetCheck } from './fleet-check.ts';

/** The rules that look at one fleet and at nothing beside it: what it asks for is allowed, possible and free of contradictions. */
export const fleetRules: Readonly<Record<string, FleetCheck>> = Object.freeze({
  secrets: secretPrefix,
  egress: egressAllowed,
  images,
  'flag-owner': flagOwner,
  'env-names': envNames,
  leases,
  'reserved-labels': reservedLabels,
  'agent-ports': agentPorts,
  'memory-path': memoryPath,
  'plain-ports': plainPorts,
  heartbeat,
  'scale-bounds': scaleBounds,
  'scaler-limits': scalerLimits,
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
  'flag-variants': flagVariants,
  'flag-rules': flagRules,
  'scale-clocks': scaleClocks,
});
