/**
 * Where objects name others. Everything an emitter makes that selects or names something stands in one of these tables: a
 * new kind of object is a new row.
 */

/** `spec` fields that hold labels of pods in the object's own namespace. */
export const SELECTORS: Readonly<Record<string, readonly string[]>> = {
  Service: ['/spec/selector'],
  Deployment: ['/spec/selector/matchLabels'],
  StatefulSet: ['/spec/selector/matchLabels'],
  DaemonSet: ['/spec/selector/matchLabels'],
  Rollout: ['/spec/selector/matchLabels'],
  PodDisruptionBudget: ['/spec/selector/matchLabels'],
  NetworkPolicy: ['/spec/podSelector/matchLabels'],
  PodMonitor: ['/spec/selector/matchLabels'],
  AuthorizationPolicy: ['/spec/selector/matchLabels'],
  PeerAuthentication: ['/spec/selector/matchLabels'],
  RequestAuthentication: ['/spec/selector/matchLabels'],
  // Of the mesh's own Gateway; the other kind of that name makes its pods itself.
  Gateway: ['/spec/selector'],
  Telemetry: ['/spec/selector/matchLabels'],
};

/** Fields that name an object, and its kind. A kind that is a pointer is read from there. */
export const REFERENCES: Readonly<
  Record<string, readonly { readonly field: string; readonly kind: string; readonly cluster?: boolean }[]>
> = {
  StatefulSet: [
    { field: '/spec/serviceName', kind: 'Service' },
    { field: '/spec/volumeClaimTemplates/0/spec/storageClassName', kind: 'StorageClass', cluster: true },
  ],
  RoleBinding: [{ field: '/roleRef/name', kind: '/roleRef/kind' }],
  ScaledObject: [{ field: '/spec/scaleTargetRef/name', kind: '/spec/scaleTargetRef/kind' }],
  // A name with a namespace before it leads there: `namespace/name`.
  VaultAuth: [
    { field: '/spec/vaultConnectionRef', kind: 'VaultConnection' },
    { field: '/spec/kubernetes/serviceAccount', kind: 'ServiceAccount' },
  ],
  Dragonfly: [
    { field: '/spec/aclFromSecret/name', kind: 'Secret' },
    { field: '/spec/snapshot/persistentVolumeClaimSpec/storageClassName', kind: 'StorageClass', cluster: true },
    { field: '/spec/serviceAccountName', kind: 'ServiceAccount' },
    { field: '/spec/priorityClassName', kind: 'PriorityClass', cluster: true },
  ],
  OpenTelemetryCollector: [
    { field: '/spec/serviceAccount', kind: 'ServiceAccount' },
    { field: '/spec/priorityClassName', kind: 'PriorityClass', cluster: true },
  ],
  FluentBit: [
    { field: '/spec/fluentBitConfigName', kind: 'ClusterFluentBitConfig', cluster: true },
    { field: '/spec/priorityClassName', kind: 'PriorityClass', cluster: true },
  ],
  ChaosEngine: [
    { field: '/spec/chaosServiceAccount', kind: 'ServiceAccount' },
    { field: '/spec/experiments/0/name', kind: 'ChaosExperiment' },
  ],
  VaultStaticSecret: [{ field: '/spec/vaultAuthRef', kind: 'VaultAuth' }],
  VaultDynamicSecret: [{ field: '/spec/vaultAuthRef', kind: 'VaultAuth' }],
  ExternalSecret: [{ field: '/spec/secretStoreRef/name', kind: '/spec/secretStoreRef/kind' }],
  Policy: [{ field: '/spec/authentication/serviceAccount/name', kind: 'ServiceAccount' }],
  KubernetesAuthEngineRole: [{ field: '/spec/authentication/serviceAccount/name', kind: 'ServiceAccount' }],
  HorizontalPodAutoscaler: [{ field: '/spec/scaleTargetRef/name', kind: '/spec/scaleTargetRef/kind' }],
  Gateway: [
    { field: '/spec/infrastructure/parametersRef/name', kind: '/spec/infrastructure/parametersRef/kind' },
    { field: '/spec/gatewayClassName', kind: 'GatewayClass', cluster: true },
  ],
  HTTPRoute: [
    { field: '/spec/parentRefs/0/name', kind: '/spec/parentRefs/0/kind' },
    { field: '/spec/rules/0/backendRefs/0/name', kind: '/spec/rules/0/backendRefs/0/kind' },
    { field: '/spec/rules/0/backendRefs/1/name', kind: '/spec/rules/0/backendRefs/1/kind' },
  ],
  Telemetry: [
    { field: '/spec/targetRefs/0/name', kind: '/spec/targetRefs/0/kind' },
    // No object: it stands in the configuration of the mesh.
    { field: '/spec/tracing/0/providers/0/name', kind: 'Provider', cluster: true },
    { field: '/spec/accessLogging/0/providers/0/name', kind: 'Provider', cluster: true },
  ],
  Elasticsearch: [
    {
      field: '/spec/nodeSets/0/volumeClaimTemplates/0/spec/storageClassName',
      kind: 'StorageClass',
      cluster: true,
    },
  ],
  Application: [{ field: '/spec/project', kind: 'AppProject' }],
  ApplicationSet: [{ field: '/spec/template/spec/project', kind: 'AppProject' }],
  // Calls of other fleets stand first where there are any.
  VirtualService: [
    { field: '/spec/http/0/delegate/name', kind: 'VirtualService' },
    { field: '/spec/http/1/delegate/name', kind: 'VirtualService' },
  ],
  Rollout: [
    { field: '/spec/strategy/canary/stableService', kind: 'Service' },
    { field: '/spec/strategy/canary/canaryService', kind: 'Service' },
    { field: '/spec/strategy/canary/trafficRouting/istio/virtualService/name', kind: 'VirtualService' },
    { field: '/spec/strategy/canary/trafficRouting/plugins/argoproj-labs~1gatewayAPI/httpRoute', kind: 'HTTPRoute' },
    { field: '/spec/strategy/canary/analysis/templates/0/templateName', kind: 'AnalysisTemplate' },
    { field: '/spec/strategy/blueGreen/activeService', kind: 'Service' },
    { field: '/spec/strategy/blueGreen/previewService', kind: 'Service' },
    { field: '/spec/strategy/blueGreen/prePromotionAnalysis/templates/0/templateName', kind: 'AnalysisTemplate' },
    { field: '/spec/strategy/blueGreen/postPromotionAnalysis/templates/0/templateName', kind: 'AnalysisTemplate' },
  ],
};

/** Objects that a controller makes from another one, with the same namespace: the field that names them, and their kind. */
export const MAKES: Readonly<Record<string, readonly { readonly field: string; readonly kind: string }[]>> = {
  VaultStaticSecret: [{ field: '/spec/destination/name', kind: 'Secret' }],
  VaultDynamicSecret: [{ field: '/spec/destination/name', kind: 'Secret' }],
  ExternalSecret: [{ field: '/spec/target/name', kind: 'Secret' }],
  FluentBit: [{ field: '/metadata/name', kind: 'ServiceAccount' }],
};

/** The same for pods, from the pod's `spec`. */
export const POD_REFERENCES: readonly { readonly field: string; readonly kind: string; readonly cluster?: boolean }[] =
  [
    { field: '/serviceAccountName', kind: 'ServiceAccount' },
    { field: '/priorityClassName', kind: 'PriorityClass', cluster: true },
  ];
