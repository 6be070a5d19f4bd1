/**
 * What the mesh adds to the Deployment it makes of a waypoint: restricted Pod Security wants a seccomp profile, a namespace
 * with a quota wants to know what a pod takes, and one proxy is none.
 */
export function waypointSettings(): Record<string, string> {
  return { deployment: DEPLOYMENT, podDisruptionBudget: BUDGET };
}

const DEPLOYMENT = `spec:
  replicas: 2
  template:
    spec:
      securityContext:
        runAsNonRoot: true
        seccompProfile:
          type: RuntimeDefault
      containers:
        - name: istio-proxy
          resources:
            requests:
              cpu: 100m
              memory: 128Mi
            limits:
              memory: 512Mi
`;

const BUDGET = `spec:
  maxUnavailable: 1
`;
