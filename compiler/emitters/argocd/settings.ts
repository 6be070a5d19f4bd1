import { k8s } from '../../cdk8s/k8s.ts';
import type { Add } from '../../cdk8s/synthesize.ts';
import { namespaces } from '../../core/names.ts';
import type { PlatformContext } from '../../core/platform-context.ts';
import { HEALTH_SCRIPTS } from './health-scripts.ts';

/**
 * What Argo CD itself must be told: only the keys that are ours of its ConfigMap. No application applies it, because
 * environments may share one Argo CD and its other keys belong to whoever runs it; `BOOTSTRAP.md` says how to.
 */
export function addSettings(add: Add, context: PlatformContext): void {
  const metadata = context.clusterMetadata('argocd-cm', 0);
  const data = Object.entries(HEALTH_SCRIPTS).map(([kind, script]) => [
    `resource.customizations.health.${kind}`,
    script,
  ]);
  add(k8s.KubeConfigMap, {
    metadata: {
      name: metadata.name,
      namespace: namespaces.argocd,
      // Argo CD reads no ConfigMap without it.
      labels: { 'app.kubernetes.io/name': 'argocd-cm', 'app.kubernetes.io/part-of': 'argocd' },
    },
    data: Object.fromEntries(data) as Record<string, string>,
  });
}
