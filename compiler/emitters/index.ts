import type { Emitter } from '../core/emitter.ts';
import { argocdEmitter } from './argocd/emitter.ts';
import { grafanaEmitter, platformDashboardsEmitter } from './grafana/emitter.ts';
import { istioEmitter, istioSharedEmitter } from './istio/emitter.ts';
import { chaosEmitter, chaosSharedEmitter } from './chaos/emitter.ts';
import { flagdEmitter } from './flagd/emitter.ts';
import { kubernetesEmitter } from './kubernetes/emitter.ts';
import { platformEmitter } from './platform/emitter.ts';
import { platformAlertsEmitter, prometheusEmitter } from './prometheus/emitter.ts';
import { scalingEmitter } from './scaling/emitter.ts';
import { rolloutEmitter } from './rollout/emitter.ts';
import { routingTableEmitter } from './routing-table/emit.ts';
import { telemetryEmitter } from './telemetry/emitter.ts';
import { vaultEmitter, vaultSharedEmitter } from './vault/emitter.ts';

/** Every target, in the order in which files are listed and emitters explained: what is shared, fleets, then routing. */
export const emitters: readonly Emitter[] = Object.freeze([
  argocdEmitter,
  platformEmitter,
  telemetryEmitter,
  vaultSharedEmitter,
  chaosSharedEmitter,
  platformAlertsEmitter,
  platformDashboardsEmitter,
  istioSharedEmitter,
  kubernetesEmitter,
  rolloutEmitter,
  istioEmitter,
  vaultEmitter,
  flagdEmitter,
  chaosEmitter,
  scalingEmitter,
  prometheusEmitter,
  grafanaEmitter,
  routingTableEmitter,
]);
