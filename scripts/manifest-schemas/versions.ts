import { claimTemplate, object, secretKey, text, texts, yes } from './own-schema.ts';
import type { Schema } from './own-schema.ts';

/**
 * What came and went with the minor versions of Kubernetes that can be chosen. The packages hold the newest version; these
 * tables say what older ones do not have yet. Source: the `api/openapi-spec` of each release.
 */

/** Fields that came after 1.30, by the schema that holds them: the first minor version that has them. */
export const FIELDS_SINCE: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  IoK8sApiAuthorizationV1ResourceAttributes: { fieldSelector: 31, labelSelector: 31 },
  IoK8sApiAutoscalingV2HPAScalingRules: { tolerance: 33 },
  IoK8sApiCoordinationV1LeaseSpec: { preferredHolder: 31, strategy: 31 },
  IoK8sApiCoreV1Container: { restartPolicyRules: 34 },
  IoK8sApiCoreV1EnvVarSource: { fileKeyRef: 34 },
  IoK8sApiCoreV1EphemeralContainer: { restartPolicyRules: 34 },
  IoK8sApiCoreV1Lifecycle: { stopSignal: 33 },
  IoK8sApiCoreV1PodResourceClaim: { resourceClaimName: 31, resourceClaimTemplateName: 31 },
  IoK8sApiCoreV1PodSecurityContext: { seLinuxChangePolicy: 32, supplementalGroupsPolicy: 31 },
  IoK8sApiCoreV1PodSpec: { resources: 32, hostnameOverride: 34, schedulingGroup: 36 },
  IoK8sApiCoreV1ResourceClaim: { request: 31 },
  IoK8sApiCoreV1Volume: { image: 31 },
  IoK8sApiCoreV1VolumeProjection: { podCertificate: 34 },
  IoK8sApiDiscoveryV1EndpointHints: { forNodes: 33 },
  IoK8sApiStorageV1CSIDriverSpec: {
    nodeAllocatableUpdatePeriodSeconds: 33,
    serviceAccountTokenInSecrets: 35,
    preventPodSchedulingIfMissing: 36,
  },
};

const description = { description: text };

/**
 * Fields that the packages lost: they drop every key called \`description\`, the fields of that name included, and some are
 * older than what is in use.
 */
export const FIELDS_LOST: Readonly<Record<string, Readonly<Record<string, Schema>>>> = {
  IoK8sApiSchedulingV1PriorityClass: description,
  IoK8sApiextensionsApiserverPkgApisApiextensionsV1CustomResourceColumnDefinition: description,
  ComGithubArgoprojArgoCdV3PkgApisApplicationV1alpha1AppProjectSpec: description,
  ComGithubArgoprojArgoCdV3PkgApisApplicationV1alpha1ProjectRole: description,
  ComGithubArgoprojArgoCdV3PkgApisApplicationV1alpha1SyncWindow: { ...description, syncOverrun: yes },
  IoK8sSigsGatewayApiApisV1GatewayClassSpec: description,
};

/** Kinds that no version which can be chosen serves any more. */
export const REMOVED_BEFORE_1_30 =
  /^(?:apps\/v1beta[12]|extensions\/v1beta1|autoscaling\/v2beta[12]|batch\/v1beta1|policy\/v1beta1|(?:rbac\.authorization|authorization|authentication|coordination|discovery|events|node|scheduling|apiextensions|apiregistration)\.k8s\.io\/v1beta1|flowcontrol\.apiserver\.k8s\.io\/v1beta[123]|networking\.k8s\.io\/v1beta1|storage\.k8s\.io\/v1beta1|certificates\.k8s\.io\/v1beta1|admissionregistration\.k8s\.io\/v1beta1)\//;

const basicAuth = object({ username: secretKey, password: secretKey });

/** Fields inside of kinds that the packages do not know yet, or see otherwise than the API server: where they stand. */
export const REFINED: readonly (readonly [kind: string, path: string, schema: Schema])[] = [
  ['apps/v1/StatefulSet', 'spec/volumeClaimTemplates/[]', claimTemplate],
  ...['AnalysisRun', 'AnalysisTemplate', 'ClusterAnalysisTemplate'].flatMap((kind) =>
    ['prometheus', 'web'].map(
      (provider) =>
        [
          `argoproj.io/v1alpha1/${kind}`,
          `spec/metrics/[]/provider/${provider}/authentication/basicAuth`,
          basicAuth,
        ] as const,
    ),
  ),
  ...['trustDomains', 'notTrustDomains'].map(
    (field) => ['security.istio.io/v1/AuthorizationPolicy', `spec/rules/[]/from/[]/source/${field}`, texts] as const,
  ),
  ['telemetry.istio.io/v1/Telemetry', 'spec/tracing/[]/disableContextPropagation', yes],
  ['external-secrets.io/v1/ExternalSecret', 'spec/target/template/metadata/finalizers', texts],
];
