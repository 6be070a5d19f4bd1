import type { Dashboard as GrafanaDashboardV2 } from '@grafana/grafana-foundation-sdk/dashboardv2';
import { customResource } from '../../cdk8s/custom.ts';
import { k8s } from '../../cdk8s/k8s.ts';
import type { Add } from '../../cdk8s/synthesize.ts';
import type { Metadata } from '../../core/fleet-context.ts';
import type { EnvironmentFacts } from '../../core/model.ts';
import { finders } from '../../core/names.ts';
import type { Origin } from '../../core/origin.ts';
import { trace } from '../../core/trace.ts';
import type { Dashboard } from './dashboard.ts';
import { writeDashboard } from './write-dashboard.ts';
import { dashboardText } from './write-text.ts';
import { dashboardV2 } from './write-v2.ts';

type Observability = NonNullable<EnvironmentFacts['observability']>;

/** What all objects of Grafana's operator begin with; no package types them. */
interface ForInstances {
  readonly instanceSelector: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly allowCrossNamespaceImport: boolean;
  readonly resyncPeriod: string;
}

interface OperatorObject<K extends string, S> {
  readonly apiVersion: 'grafana.integreatly.org/v1beta1';
  readonly kind: K;
  readonly metadata: Metadata;
  readonly spec: ForInstances & S;
}

type DashboardObject = OperatorObject<
  'GrafanaDashboard',
  { readonly folder: string; readonly uid: string; readonly json: string }
>;
type FolderObject = OperatorObject<'GrafanaFolder', { readonly uid: string; readonly title: string }>;
type ManifestObject = OperatorObject<
  'GrafanaManifest',
  {
    readonly template: {
      readonly apiVersion: 'dashboard.grafana.app/v2';
      readonly kind: 'Dashboard';
      readonly metadata: { readonly name: string; readonly annotations: Readonly<Record<string, string>> };
      readonly spec: GrafanaDashboardV2;
    };
  }
>;

const GROUP = 'grafana.integreatly.org/v1beta1';
const DASHBOARD = customResource<DashboardObject>(GROUP, 'GrafanaDashboard');
const FOLDER = customResource<FolderObject>(GROUP, 'GrafanaFolder');
const MANIFEST = customResource<ManifestObject>(GROUP, 'GrafanaManifest');

const instances = (): ForInstances => ({
  instanceSelector: { matchLabels: { ...finders.grafana } },
  allowCrossNamespaceImport: true,
  resyncPeriod: '10m',
});

/** What says how, and where in Grafana, an environment wants its dashboards. */
export interface Shelf {
  readonly observability: Observability;
  /** Where the spec names the folder. */
  readonly folderAt: Origin;
}

/** The dashboard as the environment wants it. What stands in it comes from `at`. */
export function addDashboard(add: Add, metadata: Metadata, shelf: Shelf, dashboard: Dashboard, at: Origin): void {
  const { grafanaFolder, grafanaOutput } = shelf.observability;
  const folder = trace(grafanaFolder, shelf.folderAt);
  const { uid } = dashboard;
  const written = writeDashboard(dashboard);
  switch (grafanaOutput) {
    case 'operator':
      add(DASHBOARD, { metadata, spec: { ...instances(), folder, uid, json: trace(dashboardText(written), at) } });
      return;
    case 'operator-v2': {
      const annotations = { 'grafana.app/folder': trace(folderUid(grafanaFolder), shelf.folderAt) };
      const template = { apiVersion: 'dashboard.grafana.app/v2', kind: 'Dashboard' } as const;
      add(MANIFEST, {
        metadata,
        spec: {
          ...instances(),
          template: { ...template, metadata: { name: uid, annotations }, spec: dashboardV2(written) },
        },
      });
      return;
    }
    case 'config-map':
      add(k8s.KubeConfigMap, {
        metadata: {
          ...metadata,
          labels: { ...metadata.labels, grafana_dashboard: '1' },
          annotations: { ...metadata.annotations, grafana_folder: folder },
        },
        data: { [`${uid}.json`]: trace(dashboardText(written), at) },
      });
  }
}

/** The folder itself, where dashboards name it by its identity: nobody else would make it. */
export function addFolder(add: Add, metadata: Metadata, { observability, folderAt }: Shelf): void {
  const { grafanaFolder, grafanaOutput } = observability;
  if (grafanaOutput !== 'operator-v2') return;
  add(FOLDER, {
    metadata,
    spec: { ...instances(), uid: folderUid(grafanaFolder), title: trace(grafanaFolder, folderAt) },
  });
}

function folderUid(folder: string): string {
  return `nova-folder-${folder.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`.slice(0, 40);
}
