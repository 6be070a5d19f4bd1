import { expect, test } from 'vitest';
import { ARGOCD_IGNORED } from './argocd-ignored.ts';

test('each difference is found in one way, and says who makes it', () => {
  for (const { jsonPointers, jqPathExpressions, by } of ARGOCD_IGNORED) {
    expect([jsonPointers, jqPathExpressions].filter((one) => one !== undefined)).toHaveLength(1);
    expect(by).not.toBe('');
  }
});

test('a list is only touched in an object that holds nothing but shares', () => {
  const lists = ARGOCD_IGNORED.flatMap(({ jqPathExpressions = [] }) => jqPathExpressions).filter((path) =>
    path.includes('[]'),
  );
  expect(lists).toEqual([
    'select(.spec.hosts == null) | .spec.http[].route[].weight',
    '.spec.rules[] | select(.backendRefs | length == 2) | .backendRefs[].weight',
  ]);
});
