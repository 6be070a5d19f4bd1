import { k8s } from '../../cdk8s/k8s.ts';
import type { Add } from '../../cdk8s/synthesize.ts';
import { waves } from '../../core/fleet-context.ts';
import { namespaces, platformSecrets, services } from '../../core/names.ts';
import type { PlatformContext } from '../../core/platform-context.ts';
import { setupRequests } from './indices.ts';
import { images, telemetryPods } from './names.ts';
import type { Search } from './search.ts';

/**
 * Puts lifecycles, templates and roles into Elasticsearch with each sync. The operator's own way of doing so needs a paid
 * licence, and a cluster that the spec only names has no operator of ours.
 */
export function addSetup(add: Add, context: PlatformContext, search: Search): void {
  const meta = (wave: number, annotations: Record<string, string> = {}) => {
    const metadata = context.metadata(namespaces.observability, services.searchSetup, wave, annotations);
    return { ...metadata, labels: { ...metadata.labels, ...telemetryPods.setup } };
  };
  add(k8s.KubeServiceAccount, { metadata: meta(waves.access), automountServiceAccountToken: false });
  add(k8s.KubeConfigMap, { metadata: meta(waves.access), data: files() });
  const again = { 'argocd.argoproj.io/hook': 'Sync', 'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation' };
  const quantity = (text: string) => k8s.Quantity.fromString(text);
  add(k8s.KubeJob, {
    metadata: meta(waves.scaling, again),
    spec: {
      backoffLimit: 6,
      activeDeadlineSeconds: 900,
      template: {
        metadata: { labels: meta(0).labels },
        spec: {
          serviceAccountName: services.searchSetup,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          restartPolicy: 'OnFailure',
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 100,
            runAsGroup: 101,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          containers: [
            {
              name: 'setup',
              image: images.curl,
              imagePullPolicy: 'IfNotPresent',
              command: ['/bin/sh', '/setup/setup.sh'],
              env: [{ name: 'SEARCH_URL', value: context.from(search.url, 'observability', 'elasticsearch') }],
              volumeMounts: [
                { name: 'setup', mountPath: '/setup', readOnly: true },
                { name: 'login', mountPath: '/login', readOnly: true },
              ],
              resources: {
                requests: { cpu: quantity('10m'), memory: quantity('32Mi') },
                limits: { memory: quantity('64Mi') },
              },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ['ALL'] },
              },
            },
          ],
          volumes: [
            { name: 'setup', configMap: { name: services.searchSetup } },
            { name: 'login', secret: { secretName: platformSecrets.searchSetup, defaultMode: 0o444 } },
          ],
        },
      },
    },
  });
}

/** The requests and the script that sends them. The password reaches curl by its input: arguments are seen by everybody. */
function files(): Record<string, string> {
  const requests = setupRequests().map(({ path, body }, index) => ({
    path,
    body: `${JSON.stringify(body, null, 2)}\n`,
    file: `${String(index + 1).padStart(2, '0')}.json`,
  }));
  const script = [
    'set -eu',
    'put() {',
    `  printf 'user = "%s:%s"\\n' "$(cat /login/username)" "$(cat /login/password)" |`,
    '    curl --config - --fail-with-body --silent --show-error --retry 20 --retry-all-errors --retry-delay 5 \\',
    `      --request PUT --header 'Content-Type: application/json' --data "@/setup/$1" "$SEARCH_URL/$2"`,
    '  echo',
    '}',
    ...requests.map(({ file, path }) => `put ${file} ${path}`),
    '',
  ];
  return { ...Object.fromEntries(requests.map(({ file, body }) => [file, body])), 'setup.sh': script.join('\n') };
}
