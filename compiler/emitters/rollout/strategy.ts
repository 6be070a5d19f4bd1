import type { FleetContext } from '../../core/fleet-context.ts';
import type { FleetModel } from '../../core/model.ts';
import { analyses, canaryService, meshRoutes, previewService, sharesRoute } from '../../core/names.ts';
import { trace } from '../../core/trace.ts';
import type { Strategy } from './kinds.ts';

/** The mesh moves requests to the new version step by step, and each step is measured while it lasts. */
export function meshStrategy(context: FleetContext): Strategy {
  const { fleet, from } = context;
  const drainSeconds = drainOf(context);
  const measured = isMeasured(context);
  return {
    canary: {
      stableService: trace(fleet.name, fleet.at),
      canaryService: trace(canaryService(fleet.name), fleet.at),
      maxSurge: '25%',
      maxUnavailable: 0,
      // What was taken over or given back may still finish what it runs.
      abortScaleDownDelaySeconds: drainSeconds,
      scaleDownDelaySeconds: drainSeconds,
      trafficRouting: trafficRouting(fleet),
      ...(measured ? { analysis: { startingStep: 1, templates: [template(analyses.gate(fleet.name))] } } : {}),
      steps: fleet.rollout.steps.flatMap(({ share, holdMs }, index) => [
        { setWeight: from(Math.round(share * 100), 'rollout', 'steps', index, 'weight') },
        // Where nobody measures, a person goes on.
        { pause: measured ? { duration: from(`${holdMs / 1000}s`, 'rollout', 'steps', index, 'hold') } : {} },
      ]),
    },
  };
}

/** Where the shares stand. The controller knows VirtualServices itself, and routes of the Gateway API by its plugin for them. */
function trafficRouting(fleet: FleetModel) {
  const name = trace(sharesRoute(fleet), fleet.at);
  if (fleet.environment.mesh === 'sidecar')
    return { istio: { virtualService: { name, routes: [meshRoutes.handOver] } } };
  const namespace = trace(fleet.namespace, fleet.at);
  // A label on the route while shares move would be a difference that Argo CD undoes.
  return { plugins: { [GATEWAY_PLUGIN]: { httpRoute: name, namespace, disableInProgressLabel: true } } };
}

/** As the controller's configuration has to name it. */
const GATEWAY_PLUGIN = 'argoproj-labs/gatewayAPI';

/**
 * Two whole sets, and one switch between them. While the routing table hands over, the switch waits: the old agents stay
 * as long as any task may be theirs. The commit that gives the new build everything also lets the switch go.
 */
export function switchStrategy(context: FleetContext): Strategy {
  const { fleet, from } = context;
  const drainSeconds = drainOf(context);
  const measured = isMeasured(context);
  const goes = measured && fleet.rollout.underway === undefined;
  return {
    blueGreen: {
      activeService: trace(fleet.name, fleet.at),
      previewService: trace(previewService(fleet.name), fleet.at),
      autoPromotionEnabled: from(goes, 'rollout', 'underway'),
      ...(measured
        ? {
            prePromotionAnalysis: { templates: [template(analyses.beforeSwitch(fleet.name))] },
            postPromotionAnalysis: { templates: [template(analyses.gate(fleet.name))] },
          }
        : {}),
      abortScaleDownDelaySeconds: drainSeconds,
      scaleDownDelaySeconds: drainSeconds,
    },
  };
}

function template(templateName: string) {
  return { templateName };
}

function isMeasured({ fleet }: FleetContext): boolean {
  return fleet.environment.observability !== undefined;
}

function drainOf({ fleet, from }: FleetContext): number {
  return from(Math.ceil(fleet.rollout.drainMs / 1000), 'rollout', 'drain');
}
