import { ApiObject, JsonPatch } from 'cdk8s';
import type { Chart } from 'cdk8s';
import { Namespaces, NetworkPolicy, NetworkPolicyPort, NetworkPolicyTrafficDefault, Pods } from 'cdk8s-plus-27';
import type { NetworkPolicyRule } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { podsOf, wave } from './fleet-props.ts';
import type { FleetProps } from './fleet-props.ts';

/** Constructs write `Egress` first, whatever is asked for. */
const BOTH_WAYS = JsonPatch.replace('/spec/policyTypes', ['Ingress', 'Egress']);

const APP = 'app.kubernetes.io/name';

export function defaultDeny(chart: Chart): void {
  const policy = new NetworkPolicy(chart, 'default-deny', {
    metadata: { name: 'default-deny', annotations: wave('-7') },
    egress: { default: NetworkPolicyTrafficDefault.DENY },
    ingress: { default: NetworkPolicyTrafficDefault.DENY },
  });
  ApiObject.of(policy).addJsonPatch(BOTH_WAYS);
}

/** Whom the agents of a fleet may call, and who them. */
export function fleetTraffic(chart: Chart, props: FleetProps, peers: Construct): void {
  const { tcp, udp } = NetworkPolicyPort;
  const rule = (
    namespace: string,
    labels: Record<string, string>,
    ...ports: NetworkPolicyPort[]
  ): NetworkPolicyRule => ({
    peer: peerIn(peers, namespace, labels),
    ports,
  });
  const scheduler = rule('nova-torch-system', { [APP]: 'nova-torch-scheduler' }, tcp(8080));
  const policy = new NetworkPolicy(chart, 'traffic', {
    metadata: { name: props.fleet, annotations: { ...wave('-7'), 'nova-torch.dev/egress': 'api.example.com:443' } },
    selector: Pods.select(chart, 'agents', { labels: podsOf(props) }),
    egress: {
      rules: [
        rule('kube-system', { 'k8s-app': 'kube-dns' }, udp(53), tcp(53)),
        rule('istio-system', { app: 'istiod' }, tcp(15_012)),
        scheduler,
        rule('nova-torch-observability', { [APP]: 'otel-gateway-collector' }, tcp(4317)),
        rule('nova-torch-egress', { istio: 'egressgateway' }, tcp(8443)),
      ],
    },
    ingress: {
      rules: [
        ...(props.delivery === 'push' ? [scheduler] : []),
        rule('nova-torch-observability', { [APP]: 'prometheus' }, tcp(15_020)),
      ],
    },
  });
  ApiObject.of(policy).addJsonPatch(BOTH_WAYS);
}

/** The pods that a rule is about. Made once where they are kept. */
function peerIn(scope: Construct, namespace: string, labels: Record<string, string>): Pods {
  const id = Object.values(labels).join('-');
  const made = scope.node.tryFindChild(id) as Pods | undefined;
  if (made !== undefined) return made;
  const namespaces = Namespaces.select(scope, `namespace-of-${id}`, { names: [namespace] });
  return Pods.select(scope, id, { labels, namespaces });
}
