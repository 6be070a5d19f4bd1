import { expect, test } from 'vitest';
import type { JsonObject } from '../../spec/contract/source.ts';
import { environment, node } from '../check/testing/model.ts';
import type { Manifest } from '../core/artifact.ts';
import type { PatchModel, PatchOperation } from '../core/model.ts';
import { spanOf } from '../core/origin.ts';
import { collector } from '../diagnostics/report.ts';
import { applyPatches } from './apply.ts';

const TODAY = '2026-11-23';
const fleetPlace = node('fleet:eng/fixer');

function manifest(kind: string, name: string, more: JsonObject): Manifest {
  const origins = new Map([
    ['', fleetPlace.at],
    ['/spec/list/1', fleetPlace.from(['list'])],
    ['/spec/size/cpu', fleetPlace.from(['cpu'])],
  ]);
  return { value: { apiVersion: 'v1', kind, metadata: { name, namespace: 'eng--fixer' }, ...more }, origins };
}

const deployment = manifest('Deployment', 'fixer', { spec: { paused: false, list: ['a', 'b'], size: { cpu: 1 } } });
const manifests = [deployment, manifest('NetworkPolicy', 'one', {}), manifest('NetworkPolicy', 'two', {})];

function patch(operations: readonly PatchOperation[], some: Partial<PatchModel> = {}): PatchModel {
  return {
    ...node('patch:eng/change'),
    id: 'eng/change',
    name: 'change',
    team: 'eng',
    fleet: 'eng/fixer',
    target: { kind: 'Deployment' },
    owner: 'acme/eng',
    reason: 'the language cannot say it',
    expires: '2026-12-31',
    operations,
    ...some,
  };
}

function patched(patches: readonly PatchModel[], unit = 'teams/eng/fixer') {
  const { report, diagnostics } = collector();
  const context = { environment: { ...environment(), patches }, unit, today: TODAY, report };
  const after = applyPatches(context, manifests);
  const said = diagnostics.map(({ code, at, message }) => `${code} ${at.file}: ${message}`);
  return { after, said, notes: diagnostics.flatMap(({ notes }) => notes) };
}

const pause: PatchOperation = { op: 'replace', path: '/spec/paused', value: true };

test('a patch changes one object, and its operation is the origin of the field', () => {
  const { after, said } = patched([patch([{ op: 'test', path: '/spec/paused', value: false }, pause])]);
  expect(said).toEqual([]);
  expect(after[0]?.value['spec']).toEqual({ paused: true, list: ['a', 'b'], size: { cpu: 1 } });
  const origin = after[0]?.origins.get('/spec/paused');
  expect(origin && spanOf(origin).file).toBe('patch:eng/change#operations.1');
  expect(after.slice(1)).toEqual(manifests.slice(1));
  expect(deployment.value['spec']).toEqual({ paused: false, list: ['a', 'b'], size: { cpu: 1 } });
});

test('patches of other fleets and of the shared part change nothing', () => {
  expect(patched([patch([pause], { fleet: 'eng/other' })]).after).toEqual(manifests);
  expect(patched([patch([pause])], 'platform').after).toEqual(manifests);
});

test('a list whose items moved comes from the operation, and so does all of a replaced map', () => {
  const { after } = patched([
    patch([
      { op: 'add', path: '/spec/list/0', value: 'first' },
      { op: 'replace', path: '/spec/size', value: { memory: 2 } },
    ]),
  ]);
  const pointers = [...(after[0]?.origins ?? [])].map(([pointer, origin]) => [pointer, spanOf(origin).file]);
  expect(pointers).toEqual([
    ['', 'fleet:eng/fixer'],
    ['/spec/list', 'patch:eng/change#operations.0'],
    ['/spec/size', 'patch:eng/change#operations.1'],
  ]);
});

test('several patches are applied one after the other', () => {
  const second = patch([{ op: 'test', path: '/spec/paused', value: true }], { id: 'eng/later', name: 'later' });
  expect(patched([patch([pause]), second]).said).toEqual([]);
});

test('NT3051: a patch that lasts longer than half a year is a warning, and is applied', () => {
  const { after, said } = patched([patch([pause], { expires: '2027-05-23' })]);
  expect(said).toEqual(['NT3051 patch:eng/change#expires: patch `eng/change` lasts longer than 180 days']);
  expect(after[0]?.value['spec']).toMatchObject({ paused: true });
  expect(patched([patch([pause], { expires: '2027-05-22' })]).said).toEqual([]);
});

test('NT3052: a target that is not exactly one object is an error', () => {
  const { said, notes } = patched([
    patch([pause], { target: { kind: 'StatefulSet' } }),
    patch([pause], { target: { kind: 'NetworkPolicy' } }),
    patch([pause], { target: { kind: 'Deployment', name: 'other' } }),
  ]);
  expect(said).toEqual([
    'NT3052 patch:eng/change#target: the target of patch `eng/change` matches no object, and must match one',
    'NT3052 patch:eng/change#target: the target of patch `eng/change` matches 2 objects, and must match one',
    'NT3052 patch:eng/change#target: the target of patch `eng/change` matches no object, and must match one',
  ]);
  expect(notes[0]).toBe('the fleet has objects of the kinds `Deployment`, `NetworkPolicy`');
});

test('NT3053: an operation that misses its path, or a test that fails, is an error at the operation', () => {
  const operations: PatchOperation[] = [
    { op: 'replace', path: '/spec/none', value: 1 },
    { op: 'test', path: '/spec/paused', value: true },
  ];
  expect(patched([patch(operations)]).said).toEqual([
    'NT3053 patch:eng/change#operations.0: the patch cannot be applied at `/spec/none`: there is no `none`',
    'NT3053 patch:eng/change#operations.1: the patch cannot be applied at `/spec/paused`: `paused` has another value',
  ]);
});

test('NT3054: an operation that changes nothing is an error', () => {
  expect(patched([patch([{ op: 'add', path: '/spec/paused', value: false }])]).said).toEqual([
    'NT3054 patch:eng/change#operations.0: the patch changes nothing at `/spec/paused`',
  ]);
});

test('NT3055: a guarded field is left as it is', () => {
  const { after, said } = patched([patch([{ op: 'replace', path: '/metadata/namespace', value: 'kube-system' }])]);
  expect(said).toEqual(['NT3055 patch:eng/change#operations.0.path: a patch must not touch `/metadata/namespace`']);
  expect(after).toEqual(manifests);
});

test('NT3055: pods that Pod Security would refuse are an error whatever brought them in', () => {
  const volumes = { op: 'add', path: '/spec/template', value: { spec: { volumes: [{ name: 'a', glusterfs: {} }] } } };
  expect(patched([patch([volumes as PatchOperation])]).said).toEqual([
    'NT3055 patch:eng/change: a patch must not touch `/spec/template/spec/volumes/0/glusterfs`',
  ]);
});

test('a patch is applied whole or not at all, and what stands on a failed operation is not said', () => {
  const { after, said } = patched([
    patch([
      pause,
      { op: 'replace', path: '/spec/gone', value: {} },
      { op: 'add', path: '/spec/gone/deeper', value: 1 },
      { op: 'remove', path: '/spec/missing' },
    ]),
  ]);
  expect(said.map((one) => one.slice(0, one.indexOf(':')))).toEqual(['NT3053 patch', 'NT3053 patch']);
  expect(said.map((one) => /`([^`]*)`/.exec(one)?.[1])).toEqual(['/spec/gone', '/spec/missing']);
  expect(after).toEqual(manifests);
});
