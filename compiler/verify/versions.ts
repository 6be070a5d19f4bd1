/** Minor versions of Kubernetes that can be verified against, oldest first. */
export const KUBERNETES_VERSIONS = ['1.30', '1.31', '1.32', '1.33', '1.34', '1.35', '1.36'] as const;

/** `1.34` -> 34. */
export function minorOf(version: string): number {
  return Number(version.slice(version.indexOf('.') + 1));
}

/** Kinds, or whole groups, that are served from a minor version on. Everything else was there before 1.30. */
const SERVED_SINCE: Readonly<Record<string, number>> = {
  'networking.k8s.io/v1/IPAddress': 33,
  'networking.k8s.io/v1/ServiceCIDR': 33,
  'resource.k8s.io/v1': 34,
  'storage.k8s.io/v1/VolumeAttributesClass': 34,
  'admissionregistration.k8s.io/v1/MutatingAdmissionPolicy': 36,
  'admissionregistration.k8s.io/v1/MutatingAdmissionPolicyBinding': 36,
};

/** Versions of groups that are served no more, the minor version that ended them, and what to write instead. */
const ENDED: readonly (readonly [apiVersion: string, kinds: RegExp, minor: number, instead: string])[] = [
  ['extensions/v1beta1', /^Ingress$/, 22, 'networking.k8s.io/v1'],
  ['extensions/v1beta1', /^NetworkPolicy$/, 16, 'networking.k8s.io/v1'],
  ['extensions/v1beta1', /./, 16, 'apps/v1'],
  ['apps/v1beta1', /./, 16, 'apps/v1'],
  ['apps/v1beta2', /./, 16, 'apps/v1'],
  ['networking.k8s.io/v1beta1', /^Ingress/, 22, 'networking.k8s.io/v1'],
  ['rbac.authorization.k8s.io/v1beta1', /./, 22, 'rbac.authorization.k8s.io/v1'],
  ['apiextensions.k8s.io/v1beta1', /./, 22, 'apiextensions.k8s.io/v1'],
  ['admissionregistration.k8s.io/v1beta1', /Webhook/, 22, 'admissionregistration.k8s.io/v1'],
  ['scheduling.k8s.io/v1beta1', /./, 22, 'scheduling.k8s.io/v1'],
  ['coordination.k8s.io/v1beta1', /^Lease$/, 22, 'coordination.k8s.io/v1'],
  ['certificates.k8s.io/v1beta1', /^CertificateSigningRequest$/, 22, 'certificates.k8s.io/v1'],
  ['storage.k8s.io/v1beta1', /^(?:StorageClass|VolumeAttachment|CSI)/, 27, 'storage.k8s.io/v1'],
  ['batch/v1beta1', /./, 25, 'batch/v1'],
  ['policy/v1beta1', /^PodDisruptionBudget$/, 25, 'policy/v1'],
  ['policy/v1beta1', /^PodSecurityPolicy$/, 25, 'labels of the namespace (Pod Security Admission)'],
  ['discovery.k8s.io/v1beta1', /./, 25, 'discovery.k8s.io/v1'],
  ['events.k8s.io/v1beta1', /./, 25, 'events.k8s.io/v1'],
  ['node.k8s.io/v1beta1', /./, 25, 'node.k8s.io/v1'],
  ['autoscaling/v2beta1', /./, 25, 'autoscaling/v2'],
  ['autoscaling/v2beta2', /./, 26, 'autoscaling/v2'],
  ['flowcontrol.apiserver.k8s.io/v1beta1', /./, 26, 'flowcontrol.apiserver.k8s.io/v1'],
  ['flowcontrol.apiserver.k8s.io/v1beta2', /./, 29, 'flowcontrol.apiserver.k8s.io/v1'],
  ['flowcontrol.apiserver.k8s.io/v1beta3', /./, 32, 'flowcontrol.apiserver.k8s.io/v1'],
];

/** Almost nothing that is asked for is of any of them. */
const ENDED_GROUPS: ReadonlySet<string> = new Set(ENDED.map(([group]) => group));

/** Why a version of Kubernetes does not serve a kind; nothing where it does, or where nothing is known. */
export function notServed(apiVersion: string, kind: string, minor: number): string | undefined {
  const since = SERVED_SINCE[`${apiVersion}/${kind}`] ?? SERVED_SINCE[apiVersion];
  if (since !== undefined && since > minor)
    return `\`${apiVersion}\` ${kind} came with Kubernetes 1.${since}, and this is 1.${minor}`;
  if (!ENDED_GROUPS.has(apiVersion)) return undefined;
  const ended = ENDED.find(([group, kinds]) => group === apiVersion && kinds.test(kind));
  if (ended === undefined || ended[2] > minor) return undefined;
  return `\`${apiVersion}\` ${kind} ended with Kubernetes 1.${ended[2]}: write ${ended[3]}`;
}
