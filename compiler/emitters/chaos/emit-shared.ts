import { customResource } from '../../cdk8s/custom.ts';
import { k8s } from '../../cdk8s/k8s.ts';
import type { Add } from '../../cdk8s/synthesize.ts';
import { synthesize } from '../../cdk8s/synthesize.ts';
import type { Artifact } from '../../core/artifact.ts';
import type { EnvironmentInput } from '../../core/emitter.ts';
import { waves } from '../../core/fleet-context.ts';
import { chaos, namespaces, pods } from '../../core/names.ts';
import { platformContext } from '../../core/platform-context.ts';
import type { PlatformContext } from '../../core/platform-context.ts';
import { CHAOS_WAVE, addEngine } from './experiment.ts';
import { OWN_RULES, TARGET_RULES, targetBinding } from './rights.ts';
import type { ChaosExperiment, ExperimentName } from './types.ts';

const RUNNER = 'docker.io/litmuschaos/go-runner:3.18.0';

/** Where experiments run, what they may do, and those on the scheduler and its store. */
export function emit({ environment }: EnvironmentInput): readonly Artifact[] {
  const context = platformContext(environment);
  const manifests = synthesize(environment.at, (add) => {
    // Outside the mesh: a proxy would keep a finished experiment running.
    add(k8s.KubeNamespace, { metadata: context.namespace(namespaces.chaos, 'privileged', false) });
    add(k8s.KubeNetworkPolicy, {
      metadata: context.metadata(namespaces.chaos, 'default-deny', waves.guard),
      spec: { podSelector: {}, policyTypes: ['Ingress'] },
    });
    addRights(add, context);
    addExperiment(add, context, 'pod-delete');
    addExperiment(add, context, 'pod-network-loss');
    addPlatformEngines(add, context);
  });
  return [{ path: 'platform/chaos.yaml', kind: 'manifests', manifests }];
}

function addRights(add: Add, context: PlatformContext): void {
  const own = context.metadata(namespaces.chaos, chaos.account, waves.access);
  add(k8s.KubeServiceAccount, { metadata: own });
  add(k8s.KubeRole, { metadata: own, rules: OWN_RULES });
  add(k8s.KubeRoleBinding, {
    metadata: own,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: chaos.account },
    subjects: [{ kind: 'ServiceAccount', name: chaos.account, namespace: namespaces.chaos }],
  });
  add(k8s.KubeClusterRole, { metadata: context.clusterMetadata(chaos.targetRole, waves.access), rules: TARGET_RULES });
  for (const namespace of [namespaces.system, namespaces.dragonfly])
    add(k8s.KubeRoleBinding, targetBinding(context.metadata(namespace, chaos.targetRole, waves.access)));
}

function addExperiment(add: Add, context: PlatformContext, name: ExperimentName): void {
  add(customResource<ChaosExperiment>('litmuschaos.io/v1alpha1', 'ChaosExperiment'), {
    metadata: context.metadata(namespaces.chaos, name, waves.access),
    spec: {
      definition: {
        scope: 'Namespaced',
        image: RUNNER,
        imagePullPolicy: 'IfNotPresent',
        command: ['/bin/bash'],
        args: ['-c', `./experiments -name ${name}`],
        // Helpers run the newest image there is, unless they are told which.
        env: [
          { name: 'LIB_IMAGE', value: RUNNER },
          { name: 'LIB_IMAGE_PULL_POLICY', value: 'IfNotPresent' },
        ],
        labels: { name, 'app.kubernetes.io/part-of': 'litmus', 'app.kubernetes.io/component': 'experiment-job' },
        permissions: [],
      },
    },
  });
}

/** The scheduler loses a replica; the store loses one, which may be the master. */
function addPlatformEngines(add: Add, context: PlatformContext): void {
  const { facts } = context.environment;
  const metadata = (name: string) => context.metadata(namespaces.chaos, name, CHAOS_WAVE);
  const scheduler = {
    namespace: namespaces.system,
    labels: pods.scheduler,
    kind: 'statefulset',
    container: 'scheduler',
  } as const;
  const store = {
    namespace: namespaces.dragonfly,
    labels: pods.store,
    kind: 'statefulset',
    container: 'dragonfly',
  } as const;
  addEngine(add, facts, 'pod-delete', scheduler, metadata('scheduler-restart'));
  addEngine(add, facts, 'pod-network-loss', scheduler, metadata('scheduler-network-loss'));
  addEngine(add, facts, 'pod-delete', store, metadata('store-restart'));
  addEngine(add, facts, 'pod-network-loss', store, metadata('store-network-loss'));
}
