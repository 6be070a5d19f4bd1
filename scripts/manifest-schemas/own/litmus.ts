import { core, integer, intOrText, list, object, oneOf, text, textMap, texts, yes } from '../own-schema.ts';
import type { OwnKind } from '../own-schema.ts';

const variables = list(core('v1.EnvVar'));
const mounted = (kind: string) =>
  list(object({ 'name!': text, 'mountPath!': text, ...(kind === 'host' ? { nodePath: text } : {}) }));
const comparator = object({ type: text, 'criteria!': text, 'value!': text });
const selected = object({ appns: text, applabel: text, appkind: text });

const probe = object({
  'name!': text,
  'type!': oneOf('k8sProbe', 'httpProbe', 'cmdProbe', 'promProbe', 'sloProbe'),
  'mode!': oneOf('SOT', 'EOT', 'Edge', 'Continuous', 'OnChaos'),
  data: text,
  'promProbe/inputs': object({
    'endpoint!': text,
    query: text,
    queryPath: text,
    'comparator!': comparator,
    tlsConfig: { type: 'object' },
  }),
  'httpProbe/inputs': object({
    'url!': text,
    insecureSkipVerify: yes,
    'method!': object({ get: { type: 'object' }, post: { type: 'object' } }),
    tlsConfig: { type: 'object' },
  }),
  'cmdProbe/inputs': object({ 'command!': text, 'comparator!': comparator, source: { type: 'object' } }),
  'k8sProbe/inputs': object({
    group: text,
    'version!': text,
    'resource!': text,
    namespace: text,
    resourceNames: text,
    fieldSelector: text,
    labelSelector: text,
    'operation!': oneOf('present', 'absent', 'create', 'delete'),
  }),
  'runProperties!': object({
    'probeTimeout!': intOrText,
    'interval!': intOrText,
    retry: integer,
    attempt: integer,
    probePollingInterval: intOrText,
    initialDelaySeconds: integer,
    initialDelay: text,
    evaluationTimeout: text,
    stopOnFailure: yes,
    verbosity: text,
  }),
});

const components = object({
  env: variables,
  configMaps: mounted('in'),
  secrets: mounted('in'),
  experimentAnnotations: textMap,
  experimentImage: text,
  experimentImagePullSecrets: list(object({ name: text })),
  nodeSelector: textMap,
  statusCheckTimeouts: object({ delay: integer, timeout: integer }),
  resources: core('v1.ResourceRequirements'),
  tolerations: list(core('v1.Toleration')),
  terminationGracePeriodSeconds: integer,
  sidecar: { type: 'array' },
  defaultHealthCheck: yes,
});

const runner = object({
  image: text,
  type: text,
  args: texts,
  command: texts,
  imagePullPolicy: text,
  imagePullSecrets: list(object({ name: text })),
  runnerAnnotations: textMap,
  runnerLabels: textMap,
  configMaps: mounted('in'),
  secrets: mounted('in'),
  nodeSelector: textMap,
  resources: core('v1.ResourceRequirements'),
  tolerations: list(core('v1.Toleration')),
});

/** Litmus 3: its own schemas let everything through. */
export const litmus: readonly OwnKind[] = [
  {
    apiVersion: 'litmuschaos.io/v1alpha1',
    kind: 'ChaosEngine',
    required: true,
    spec: object({
      appinfo: selected,
      selectors: object({
        pods: list(object({ 'namespace!': text, names: text })),
        workloads: list(object({ 'kind!': text, 'namespace!': text, names: text, labels: text })),
      }),
      defaultHealthCheck: yes,
      auxiliaryAppInfo: text,
      'engineState!': oneOf('active', 'stop'),
      'chaosServiceAccount!': text,
      annotationCheck: oneOf('true', 'false'),
      jobCleanUpPolicy: oneOf('delete', 'retain'),
      terminationGracePeriodSeconds: integer,
      components: object({ runner, sidecar: { type: 'array' } }),
      'experiments!': list(object({ 'name!': text, spec: object({ rank: integer, components, probe: list(probe) }) })),
    }),
  },
  {
    apiVersion: 'litmuschaos.io/v1alpha1',
    kind: 'ChaosExperiment',
    required: false,
    spec: object({
      'definition!': object({
        'scope!': oneOf('Namespaced', 'Cluster'),
        permissions: list(
          object({ apiGroups: texts, nonResourceURLs: texts, resourceNames: texts, resources: texts, 'verbs!': texts }),
        ),
        'image!': text,
        imagePullPolicy: text,
        args: texts,
        command: texts,
        env: variables,
        labels: textMap,
        configMaps: mounted('in'),
        secrets: mounted('in'),
        hostFileVolumes: mounted('host'),
        securityContext: object({
          podSecurityContext: core('v1.PodSecurityContext'),
          containerSecurityContext: core('v1.SecurityContext'),
        }),
        hostPID: yes,
      }),
    }),
    beside: { description: object({ message: text }) },
  },
];
