import type { Manifest } from '../core/artifact.ts';
import { compareText } from '../../spec/contract/text.ts';

/** Kinds in the order in which a cluster wants them; other kinds follow. */
const KINDS = [
  'Namespace',
  'PriorityClass',
  'ResourceQuota',
  'LimitRange',
  'NetworkPolicy',
  'ServiceAccount',
  'Role',
  'RoleBinding',
  'ConfigMap',
  'Service',
  'Deployment',
  'StatefulSet',
  'PodDisruptionBudget',
];

/** Sorts objects as they are to be applied: by kind, then namespace, then name. */
export function byApplyOrder(a: Manifest, b: Manifest): number {
  const [left, right] = [sortKey(a), sortKey(b)];
  return compareText(left, right);
}

function sortKey({ value }: Manifest): string {
  const kind = String(value['kind']);
  const rank = KINDS.indexOf(kind);
  const { namespace = '', name = '' } = value['metadata'] as { readonly namespace?: string; readonly name?: string };
  return `${String(rank < 0 ? 99 : rank).padStart(2, '0')} ${kind} ${namespace} ${name}`;
}
