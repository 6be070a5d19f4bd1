import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cycles } from './cycles.ts';

function cyclesOf(graph: Readonly<Record<string, readonly string[]>>): string[][] {
  return cycles(Object.keys(graph), (node) => graph[node] ?? []);
}

test('a graph without a way back has no cycle', () => {
  expect(cyclesOf({ a: ['b', 'c'], b: ['d'], c: ['d'], d: [] })).toEqual([]);
});

test('a node that leads to itself is a cycle', () => {
  expect(cyclesOf({ a: ['a'], b: [] })).toEqual([['a']]);
});

test('each component gives its shortest cycle through its least node, components in order', () => {
  expect(cyclesOf({ z: ['y'], y: ['z'], c: ['d'], d: ['e', 'c'], e: ['c'] })).toEqual([
    ['c', 'd'],
    ['y', 'z'],
  ]);
});

test('a successor that is no node itself is walked through as well', () => {
  expect(cycles(['a'], (node) => (node === 'a' ? ['b'] : ['a']))).toEqual([['a', 'b']]);
});

test('a chain of 20,000 nodes does not exhaust the stack', () => {
  const next = (node: string) => [String((Number(node) + 1) % 20_000)];
  expect(cycles(['0'], next)[0]).toHaveLength(20_000);
});

test('a cycle is found exactly when some node can reach itself', () => {
  const graphs = fc.array(fc.tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 7 })), { maxLength: 14 });
  fc.assert(
    fc.property(graphs, (edges) => {
      const next = (node: string) => edges.filter(([from]) => String(from) === node).map(([, to]) => String(to));
      const reachesItself = (start: string) => {
        const seen = new Set<string>();
        const queue = next(start);
        for (const node of queue) if (!seen.has(node)) queue.push(...(seen.add(node), next(node)));
        return seen.has(start);
      };
      const nodes = [...new Set(edges.flat().map(String))];
      const found = cycles(nodes, next);
      expect(found.length > 0).toBe(nodes.some(reachesItself));
      for (const cycle of found) {
        for (const [index, node] of cycle.entries()) expect(next(node)).toContain(cycle[(index + 1) % cycle.length]);
      }
    }),
  );
});
