import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileTree } from '../../../compiler/incremental/compile-tree.ts';
import { stages } from '../../../compiler/stages.ts';
import { makeSpec } from '../make-spec.ts';
import { synthesize } from './synth.ts';

/** The emitters of the compile that stock cdk8s is measured against. */
const EMITTERS = new Set(['platform', 'kubernetes', 'routing-table']);

let root: string;
let objects: number;

/** A pull fleet, a push fleet and one with memory: every shape that the benchmark's spec has. */
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'nova-torch-stock-test-'));
  makeSpec(root, 3);
  const { environments } = await compileTree({
    root,
    today: '2026-11-23',
    mode: 'write',
    stages: async () => ({
      ...stages,
      emitters: async () => (await stages.emitters()).filter(({ name }) => EMITTERS.has(name)),
      prove: () => undefined,
    }),
  });
  objects = environments[0]?.objects ?? 0;
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

test('stock cdk8s writes the objects of a compile, whichever way they are written down', () => {
  expect(objects).toBeGreaterThan(50);
  for (const way of ['values', 'constructs', 'shared constructs'] as const)
    expect(synthesize(root, way)).toMatchObject({ objects, charts: 4 });
});

test('a comparison with other objects is none', () => {
  const path = join(root, 'generated/prod/teams/team-0/fleet-a1/kubernetes.yaml');
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace('minReadySeconds: 15', 'minReadySeconds: 16'));
  expect(() => synthesize(root, 'constructs')).toThrow('stock cdk8s wrote another object:');
});
