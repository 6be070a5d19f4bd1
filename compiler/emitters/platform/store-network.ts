import { customResource } from '../../cdk8s/custom.ts';
import { k8s } from '../../cdk8s/k8s.ts';
import type { Add } from '../../cdk8s/synthesize.ts';
import { waves } from '../../core/fleet-context.ts';
import { namespaces, operators, pods, ports, services } from '../../core/names.ts';
import type { PlatformContext } from '../../core/platform-context.ts';
import { basicEgress, meshPorts, podsIn, port, probeIngress } from '../../cdk8s/platform-network.ts';
import type { AuthorizationPolicy, PeerAuthentication } from './types.ts';

/**
 * The scheduler may speak to the store, and nobody else. The admin port asks for no password, so only the operator and the
 * copies themselves reach it: whoever does is administrator of all data.
 */
export function addStoreNetwork(add: Add, context: PlatformContext): void {
  const metadata = context.metadata(namespaces.dragonfly, services.store, waves.guard);
  const copies = podsIn(namespaces.dragonfly, pods.store);
  const operator = {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': operators.dragonfly } },
  };
  const both = [port(ports.store), port(ports.storeAdmin)];
  add(k8s.KubeNetworkPolicy, {
    metadata,
    spec: {
      podSelector: { matchLabels: pods.store },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        { from: [podsIn(namespaces.system, pods.scheduler)], ports: meshPorts(context, ports.store) },
        { from: [copies], ports: meshPorts(context, ports.store, ports.storeAdmin) },
        { from: [operator], ports: both },
        ...probeIngress(context),
      ],
      egress: [...basicEgress(context), { to: [copies], ports: meshPorts(context, ports.store, ports.storeAdmin) }],
    },
  });
  addMeshRules(add, context);
}

/** In the mesh: encrypted and by identity, but for the admin port, which the NetworkPolicy alone guards. */
function addMeshRules(add: Add, context: PlatformContext): void {
  const metadata = context.metadata(namespaces.dragonfly, services.store, waves.mesh);
  const selector = { matchLabels: pods.store };
  add(customResource<PeerAuthentication>('security.istio.io/v1', 'PeerAuthentication'), {
    metadata,
    spec: {
      selector,
      mtls: { mode: 'STRICT' },
      portLevelMtls: { [String(ports.storeAdmin)]: { mode: 'PERMISSIVE' } },
    },
  });
  const identity = (namespace: string, account: string) =>
    context.from(`${context.environment.facts.trustDomain}/ns/${namespace}/sa/${account}`, 'trustDomain');
  add(customResource<AuthorizationPolicy>('security.istio.io/v1', 'AuthorizationPolicy'), {
    metadata,
    spec: {
      selector,
      action: 'ALLOW',
      rules: [
        {
          from: [
            {
              source: {
                principals: [
                  identity(namespaces.system, services.scheduler),
                  identity(namespaces.dragonfly, services.store),
                ],
              },
            },
          ],
          to: [{ operation: { ports: [String(ports.store)] } }],
        },
        { to: [{ operation: { ports: [String(ports.storeAdmin)] } }] },
      ],
    },
  });
}
