import { expect, test } from 'vitest';
import { fleet } from '../../check/testing/model.ts';
import { proxyAnnotations, proxyOf } from './proxy.ts';

test('a pod has a proxy of a known size, and in ambient mode none', () => {
  const sidecar = fleet('eng/fixer');
  expect(proxyAnnotations(sidecar)).toEqual({
    'sidecar.istio.io/proxyCPU': '100m',
    'sidecar.istio.io/proxyMemory': '128Mi',
    'sidecar.istio.io/proxyMemoryLimit': '512Mi',
  });
  expect(proxyOf(sidecar).memoryLimitBytes).toBe(512 * 2 ** 20);
  const ambient = fleet('eng/fixer', { environment: { mesh: 'ambient' } });
  expect(proxyAnnotations(ambient)).toEqual({});
  expect(Object.values(proxyOf(ambient))).toEqual([0, 0, 0, 0]);
});
