import { DashboardLinkBuilder, DashboardLinkType } from '@grafana/grafana-foundation-sdk/dashboard';
import type { DashboardLink } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { Link } from './dashboard.ts';
import { shared } from './shared.ts';

/** The viewer's data sources, chosen above each dashboard. */
export const SOURCES = [
  { name: 'datasource', label: 'Metrics', type: 'prometheus' },
  { name: 'logs', label: 'Logs', type: 'elasticsearch' },
  { name: 'traces', label: 'Traces', type: 'jaeger' },
] as const;

export const METRICS = shared({ type: 'prometheus', uid: '${datasource}' });
export const LOGS = shared({ type: 'elasticsearch', uid: '${logs}' });

/** A link that takes the viewed time along. */
export function writeLink({ title, url }: Link): Builder<DashboardLink> {
  const link = new DashboardLinkBuilder(title)
    .type(DashboardLinkType.Link)
    .icon('external link')
    .url(url)
    .targetBlank(true)
    .keepTime(true)
    .build();
  // The SDK would put every link into a menu, where nobody looks in an incident.
  delete link.placement;
  return { build: () => link };
}
