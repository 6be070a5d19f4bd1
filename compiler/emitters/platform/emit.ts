import { k8s } from '../../cdk8s/k8s.ts';
import { synthesize } from '../../cdk8s/synthesize.ts';
import type { Add } from '../../cdk8s/synthesize.ts';
import type { Artifact } from '../../core/artifact.ts';
import type { EnvironmentInput } from '../../core/emitter.ts';
import { waves } from '../../core/fleet-context.ts';
import { AGENT_PRIORITY, SCHEDULER_PRIORITY, STORE_PRIORITY, namespaces } from '../../core/names.ts';
import { platformContext } from '../../core/platform-context.ts';
import type { PlatformContext } from '../../core/platform-context.ts';
import { addPeopleRoles } from './people.ts';
import { addScheduler } from './scheduler.ts';
import { addStore } from './store.ts';

/** What all fleets of an environment share: who goes first, what people may do, the scheduler and its store. */
export function emit({ environment }: EnvironmentInput): readonly Artifact[] {
  const context = platformContext(environment);
  const file = (name: string, build: (add: Add) => void): Artifact => ({
    path: `platform/${name}.yaml`,
    kind: 'manifests',
    manifests: synthesize(environment.at, build),
  });
  return [
    file('kubernetes', (add) => {
      addPriorities(add, context);
      addPeopleRoles(add, context);
      add(k8s.KubeNamespace, { metadata: context.namespace(namespaces.system) });
    }),
    file('scheduler', (add) => addScheduler(add, context)),
    file('store', (add) => addStore(add, context)),
  ];
}

/** Who goes first when a node is full. A value cannot be changed, only a class of another name added. */
const PRIORITIES: readonly (readonly [name: string, value: number, description: string])[] = [
  [SCHEDULER_PRIORITY, 1_000_000, 'The scheduler: nothing is accepted or handed out without it.'],
  [STORE_PRIORITY, 900_000, "The scheduler's store: can be rebuilt, but agents wait meanwhile."],
  [AGENT_PRIORITY, 100_000, 'Agents: above batch work, below the scheduler and its store.'],
];

function addPriorities(add: Add, context: PlatformContext): void {
  for (const [name, value, description] of PRIORITIES) {
    add(k8s.KubePriorityClass, {
      metadata: context.clusterMetadata(name, waves.namespace),
      value,
      globalDefault: false,
      preemptionPolicy: 'PreemptLowerPriority',
      description,
    });
  }
}
