import { dashboardUid } from '../../core/names.ts';
import { aggregate, gauge } from '../../core/promql/promql.ts';
import { HEALTH, SYNC } from './colours.ts';
import type { Dashboard } from './dashboard.ts';

/** What runs where: routing tables, builds, applications and rollouts. */
export function deliveryDashboard(): Dashboard {
  const chart = { kind: 'timeseries', unit: 'short', width: 12, stacked: true } as const;
  return {
    uid: dashboardUid('delivery'),
    title: 'Nova / Delivery',
    tags: ['nova-torch', 'platform'],
    variables: [],
    links: [{ title: 'Overview', url: `/d/${dashboardUid('overview')}` }],
    rows: [
      {
        title: 'What runs',
        panels: [
          {
            ...chart,
            title: 'Routing tables',
            description:
              'Schedulers by the digest of the table that they run, and the version of its form. More than one for long is drift.',
            queries: [
              {
                query: aggregate('count', gauge('nova_spec_info'), ['env', 'spec_hash', 'spec_version']),
                legend: '{{env}} {{spec_hash}} (form {{spec_version}})',
              },
            ],
          },
          {
            ...chart,
            title: 'Builds of the scheduler',
            description: 'Schedulers by build.',
            queries: [{ query: aggregate('count', gauge('nova_build_info'), ['version']), legend: '{{version}}' }],
          },
        ],
      },
      {
        title: 'On its way',
        panels: [
          {
            ...chart,
            title: 'Applications by sync',
            description: 'Whether the cluster is what Git says.',
            colours: SYNC,
            queries: [
              { query: aggregate('count', gauge('argocd_app_info'), ['sync_status']), legend: '{{sync_status}}' },
            ],
          },
          {
            ...chart,
            title: 'Applications by health',
            description: 'Whether what was applied works.',
            colours: HEALTH,
            queries: [
              { query: aggregate('count', gauge('argocd_app_info'), ['health_status']), legend: '{{health_status}}' },
            ],
          },
          {
            kind: 'table',
            title: 'Applications',
            description: 'Each with its project: whether the cluster is what Git says, and whether that works.',
            unit: 'none',
            width: 12,
            queries: [
              {
                query: aggregate('count', gauge('argocd_app_info'), [
                  'project',
                  'name',
                  'sync_status',
                  'health_status',
                ]),
                legend: 'applications',
              },
            ],
          },
          {
            kind: 'state-timeline',
            title: 'Rollouts',
            description: 'In which phase each was: new versions take over step by step.',
            unit: 'none',
            width: 12,
            limits: { base: 'text', steps: [{ from: 1, colour: 'blue' }] },
            queries: [
              { query: aggregate('count', gauge('rollout_info'), ['name', 'phase']), legend: '{{name}} {{phase}}' },
            ],
          },
        ],
      },
    ],
  };
}
