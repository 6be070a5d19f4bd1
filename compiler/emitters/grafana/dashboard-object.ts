import { customResource } from '../../cdk8s/custom.ts';
import type { Add } from '../../cdk8s/synthesize.ts';
import type { Metadata } from '../../core/fleet-context.ts';
import { finders } from '../../core/names.ts';
import type { Origin } from '../../core/origin.ts';
import { trace } from '../../core/trace.ts';
import type { Dashboard } from './dashboard.ts';
import { writeDashboard } from './write-dashboard.ts';

/** What we say of a dashboard to the operator of Grafana; no package types it. */
interface GrafanaDashboardObject {
  readonly apiVersion: 'grafana.integreatly.org/v1beta1';
  readonly kind: 'GrafanaDashboard';
  readonly metadata: Metadata;
  readonly spec: {
    readonly instanceSelector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly allowCrossNamespaceImport: boolean;
    readonly folder: string;
    readonly resyncPeriod: string;
    readonly uid: string;
    readonly json: string;
  };
}

const DASHBOARD = customResource<GrafanaDashboardObject>('grafana.integreatly.org/v1beta1', 'GrafanaDashboard');

/** The dashboard as the cluster takes it. Its JSON stands on lines of its own, so that a review shows what changed. */
export function addDashboard(add: Add, metadata: Metadata, folder: string, dashboard: Dashboard, at: Origin): void {
  add(DASHBOARD, {
    metadata,
    spec: {
      instanceSelector: { matchLabels: { ...finders.grafana } },
      allowCrossNamespaceImport: true,
      folder,
      resyncPeriod: '10m',
      uid: dashboard.uid,
      json: trace(JSON.stringify(writeDashboard(dashboard), null, 1), at),
    },
  });
}
