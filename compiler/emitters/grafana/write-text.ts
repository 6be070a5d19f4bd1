import type { Dashboard as GrafanaDashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { jsonOf, jsonOfMembers } from './shared.ts';

/**
 * The JSON of a dashboard with a line for each panel, variable and link: a review shows which panels changed, and a fleet's
 * dashboards take half of the bytes that one line for each value would.
 */
export function dashboardText(dashboard: GrafanaDashboard): string {
  const entries = Object.entries(dashboard).filter(([, value]) => value !== undefined);
  return `{\n${entries.map(([key, value]) => ` ${JSON.stringify(key)}: ${valueText(value)}`).join(',\n')}\n}`;
}

function valueText(value: unknown): string {
  if (Array.isArray(value) && value.some((item) => typeof item === 'object')) return listText(value as object[]);
  const list = typeof value === 'object' && value !== null && 'list' in value ? value.list : undefined;
  return Array.isArray(list) ? `{ "list": ${listText(list as object[])} }` : jsonOf(value);
}

function listText(items: readonly object[]): string {
  return `[\n${items.map((item) => `  ${jsonOfMembers(item)}`).join(',\n')}\n ]`;
}
