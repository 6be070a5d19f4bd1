import type { JsonObject } from '../../../spec/contract/source.ts';
import type { Owner } from './owner.ts';
import type { Alert, Case, Suite } from './rule.ts';
import { alertAnnotations, alertLabels } from './write-rules.ts';

/** A file for `promtool test rules`. Evaluated every five minutes of hours that pass in a moment. */
export function writeTests(rulesFile: string, { alerts, cases }: Suite, owner: Owner): JsonObject {
  return {
    rule_files: [rulesFile],
    evaluation_interval: '5m',
    tests: cases.map((one) => ({
      name: one.name,
      interval: '1m',
      input_series: Object.entries(one.series).map(([series, values]) => ({ series, values })),
      alert_rule_test: expectations(one, alerts, owner),
    })),
  };
}

/** promtool compares all alerts of a name, so those that fire for want of data are expected as well. */
function expectations(one: Case, alerts: readonly Alert[], owner: Owner): JsonObject[] {
  const names = [...new Set(one.about.map(({ name }) => name))];
  return names.map((alertname) => {
    const firing = alerts.filter(
      (alert) =>
        alert.name === alertname &&
        (one.about.includes(alert) ? one.fires.includes(alert) : alert.withoutData === true),
    );
    return {
      alertname,
      eval_time: `${one.atMinutes}m`,
      exp_alerts: firing.map((alert) => ({
        exp_labels: { ...one.taken, ...alertLabels(alert, owner) },
        exp_annotations: filledIn(alertAnnotations(alert, owner), one.taken ?? {}),
      })),
    };
  });
}

function filledIn(annotations: Record<string, string>, labels: Readonly<Record<string, string>>): JsonObject {
  const fill = (text: string) =>
    text
      .replace(/\{\{ \$labels\.(\w+) \}\}/g, (_, name: string) => labels[name] ?? '')
      .replace(/\{\{"\{\{"\}\}/g, '{{');
  return Object.fromEntries(Object.entries(annotations).map(([name, text]) => [name, fill(text)]));
}
