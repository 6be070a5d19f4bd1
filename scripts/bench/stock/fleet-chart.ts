import { ApiObject, Chart, JsonPatch } from 'cdk8s';
import { ClusterRole, Group, Namespace, RoleBinding, ServiceAccount } from 'cdk8s-plus-27';
import type { IRole } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { defaultDeny, fleetTraffic } from './fleet-network.ts';
import { labelsOf, podsOf, wave } from './fleet-props.ts';
import type { FleetProps } from './fleet-props.ts';
import { addWorkload } from './fleet-workload.ts';

/**
 * The objects of one fleet as cdk8s's documentation has them written: a chart of constructs of cdk8s-plus-27, an ApiObject
 * for a kind without a construct, and a JSON patch, the documented escape hatch, for a field that a construct cannot say
 * or says unasked.
 */
export class FleetChart extends Chart {
  /** `outside` keeps what the chart refers to and does not make: the chart itself, as in the documentation, or the App. */
  constructor(scope: Construct, props: FleetProps, outside?: Construct) {
    const { team, fleet } = props;
    super(scope, `${team}-${fleet}`, { namespace: `${team}--${fleet}`, labels: labelsOf(props) });
    const references = outside ?? this;
    addNamespace(this, props);
    addLimits(this, props);
    defaultDeny(this);
    fleetTraffic(this, props, references);
    bind(this, references, 'auditor', ['nova-torch:auditors']);
    bind(this, references, 'operator', [`oncall:${team}-oncall`]);
    bind(this, references, 'viewer', [`github:acme/${team}`, `oncall:${team}-oncall`]);
    const account = new ServiceAccount(this, 'account', { metadata: { name: fleet, annotations: wave('-3') } });
    addWorkload(this, props, account);
    new ApiObject(this, 'disruption', {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: fleet, annotations: wave('0') },
      spec: {
        maxUnavailable: '10%',
        selector: { matchLabels: podsOf(props) },
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
      },
    });
  }
}

function addNamespace(chart: Chart, { team, fleet }: FleetProps): void {
  const level = (mode: string): Record<string, string> => ({
    [`pod-security.kubernetes.io/${mode}`]: 'restricted',
    [`pod-security.kubernetes.io/${mode}-version`]: 'v1.33',
  });
  const namespace = new Namespace(chart, 'namespace', {
    metadata: {
      name: `${team}--${fleet}`,
      annotations: {
        ...wave('-8'),
        'argocd.argoproj.io/sync-options': 'Delete=confirm,Prune=confirm',
        'nova-torch.dev/oncall': `${team}-oncall`,
        'nova-torch.dev/owners': `acme/${team}`,
      },
      labels: {
        'istio.io/rev': 'default',
        'nova-torch.dev/company': 'acme',
        ...level('audit'),
        ...level('enforce'),
        ...level('warn'),
      },
    },
  });
  ApiObject.of(namespace).addJsonPatch(JsonPatch.remove('/metadata/namespace'), JsonPatch.remove('/spec'));
}

function addLimits(chart: Chart, { quota }: FleetProps): void {
  const metadata = { name: 'fleet', annotations: wave('-7') };
  new ApiObject(chart, 'quota', { apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec: { hard: quota } });
  const limit = {
    default: { 'ephemeral-storage': '512Mi', memory: '256Mi' },
    defaultRequest: { cpu: '100m', 'ephemeral-storage': '64Mi', memory: '128Mi' },
    max: { 'ephemeral-storage': '1Gi', memory: '1Gi' },
    type: 'Container',
  };
  new ApiObject(chart, 'limits', { apiVersion: 'v1', kind: 'LimitRange', metadata, spec: { limits: [limit] } });
}

function bind(chart: Chart, references: Construct, who: string, groups: readonly string[]): void {
  const name = `nova-torch-fleet-${who}`;
  const made = references.node.tryFindChild(who) as IRole | undefined;
  const binding = new RoleBinding(chart, `${who}-binding`, {
    metadata: { name, annotations: wave('-3') },
    role: made ?? ClusterRole.fromClusterRoleName(references, who, name),
  });
  binding.addSubjects(...groups.map((group) => Group.fromName(binding, group, group)));
}
