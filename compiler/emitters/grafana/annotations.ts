import { aggregate, ago, gauge, join } from '../../core/promql/promql.ts';

const tables = gauge('nova_spec_info');

/** Routing tables that did not run five minutes before: a mark on every dashboard at each release. */
export const RECENT_TABLES = join(
  aggregate('count', tables, ['spec_hash']),
  'unless',
  aggregate('count', ago(tables, '5m'), ['spec_hash']),
);
