import { formatDuration } from '../../../spec/contract/units.ts';
import type { JsonObject } from '../../../spec/contract/source.ts';
import { RUNBOOKS } from '../../core/names.ts';
import type { Origin } from '../../core/origin.ts';
import type { Owner } from './owner.ts';
import type { Alert, Group, Recording } from './rule.ts';

/** Marks a text with the place that decides it, or leaves it as it is. */
export type Mark = (text: string, at: Origin) => string;

/** Groups as Prometheus reads them. */
export function writeGroups(groups: readonly Group[], owner: Owner, mark: Mark): JsonObject[] {
  return groups.map(({ name, intervalMs, rules }) => ({
    name,
    interval: formatDuration(intervalMs),
    rules: rules.map((rule) => ('record' in rule ? writeRecording(rule, mark) : writeAlert(rule, owner, mark))),
  }));
}

function writeRecording({ record, query, labels, at }: Recording, mark: Mark): JsonObject {
  return { record, expr: mark(query.text, at), ...(Object.keys(labels).length === 0 ? {} : { labels: { ...labels } }) };
}

function writeAlert(alert: Alert, owner: Owner, mark: Mark): JsonObject {
  return {
    alert: alert.name,
    expr: mark(alert.query.text, alert.at),
    ...(alert.forMs === 0 ? {} : { for: formatDuration(alert.forMs) }),
    labels: alertLabels(alert, owner),
    annotations: alertAnnotations(alert, owner),
  };
}

/** Labels that an alert adds to those of its series. */
export function alertLabels(alert: Alert, owner: Owner): Record<string, string> {
  return { ...alert.labels, ...owner.labels, severity: alert.severity };
}

export function alertAnnotations(alert: Alert, owner: Owner): Record<string, string> {
  return {
    dashboard: owner.dashboard,
    runbook_url: `${RUNBOOKS}/${alert.name}`,
    spec: annotationText(owner.spec),
    summary: alert.summary,
  };
}

/** A text in an annotation, which is a Go template: what would begin an action is printed by one. */
export function annotationText(text: string): string {
  return text.replace(/\{\{/g, '{{"{{"}}');
}
