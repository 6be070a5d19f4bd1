import type { IAlertmanagerConfig } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1alpha1/AlertmanagerConfig';
import { customResource } from '../../cdk8s/custom.ts';
import type { Add } from '../../cdk8s/synthesize.ts';
import type { Metadata } from '../../core/fleet-context.ts';

const CONFIG = customResource<IAlertmanagerConfig>('monitoring.coreos.com/v1alpha1', 'AlertmanagerConfig');

/** A condition on the labels of an alert: a label and an expression that its whole value matches. */
type Matchers = Readonly<Record<string, string>>;

/** While an alert of the first kind fires, those of the second say nothing. */
export interface Inhibition {
  readonly while: Matchers;
  readonly silent: Matchers;
  /** Labels that both have alike; one that neither has counts as alike. */
  readonly alike: readonly string[];
}

/** Alerts on the speed at which a budget is used up. */
const BURN = 'Nova[A-Za-z]+Burn';

export const INHIBITIONS: readonly Inhibition[] = [
  // Whoever was woken for a promise needs no ticket about it.
  {
    while: { alertname: BURN, severity: 'page' },
    silent: { alertname: `${BURN}|NovaBudgetExhausted`, severity: 'ticket' },
    alike: ['environment', 'fleet', 'slo'],
  },
  // Without a scheduler every fleet breaks its promises, and the one page says why.
  {
    while: { alertname: 'NovaSchedulerDown' },
    silent: { alertname: `${BURN}|NovaSliMissing` },
    alike: ['environment'],
  },
];

/** What Alertmanager is told about all alerts of an environment. Whom it tells is the company's own affair. */
export function addInhibitions(add: Add, metadata: Metadata): void {
  add(CONFIG, {
    metadata,
    spec: {
      inhibitRules: INHIBITIONS.map(({ while: source, silent, alike }) => ({
        sourceMatch: matchersOf(source),
        targetMatch: matchersOf(silent),
        equal: [...alike],
      })),
    },
  });
}

function matchersOf(matchers: Matchers): { name: string; value: string; matchType: '=~' }[] {
  return Object.entries(matchers).map(([name, value]) => ({ name, value, matchType: '=~' }));
}
