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
};

/** Fields that name an object, and its kind. A kind that is a pointer is read from there. */
export const REFERENCES: Readonly<
  Record<string, readonly { readonly field: string; readonly kind: string; readonly cluster?: boolean }[]>
> = {
  StatefulSet: [{ field: '/spec/serviceName', kind: 'Service' }],
  RoleBinding: [{ field: '/roleRef/name', kind: '/roleRef/kind' }],
  ScaledObject: [{ field: '/spec/scaleTargetRef/name', kind: '/spec/scaleTargetRef/kind' }],
  HorizontalPodAutoscaler: [{ field: '/spec/scaleTargetRef/name', kind: '/spec/scaleTargetRef/kind' }],
};

/** The same for pods, from the pod's `spec`. */
export const POD_REFERENCES: readonly { readonly field: string; readonly kind: string; readonly cluster?: boolean }[] =
  [
    { field: '/serviceAccountName', kind: 'ServiceAccount' },
    { field: '/priorityClassName', kind: 'PriorityClass', cluster: true },
  ];
