import { expect, test } from 'vitest';
import { eachFleet } from '../fleet-check.ts';
import { environment, fleet, node } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { plainPorts } from './plain-ports.ts';

const place = node('fleet:eng/a');
const egress = (ports: Readonly<Record<string, number>>) =>
  new Map(Object.entries(ports).map(([host, port]) => [host, { port, at: place.from(['egress', host]) }]));
const problemsWith = (ports: Readonly<Record<string, number>>, mesh: 'sidecar' | 'ambient' = 'sidecar') =>
  problemsOf(
    eachFleet(plainPorts),
    environment({ facts: { mesh }, fleets: [{ ...fleet('eng/a'), egress: egress(ports) }] }),
  );

test('two hosts on a port without TLS cannot be told apart with sidecars', () => {
  expect(problemsWith({ 'a.example': 22, 'b.example': 22 })).toEqual([
    {
      at: 'fleet:eng/a#egress.b.example',
      problem: 'error NT3201: the mesh cannot tell `b.example` from `a.example`: both are reached on port 22',
      related: ['fleet:eng/a#egress.a.example: the other host'],
    },
  ]);
});

test('hosts on other ports, on a port of TLS and in ambient mode can', () => {
  expect(problemsWith({ 'a.example': 22, 'b.example': 5432 })).toEqual([]);
  expect(problemsWith({ 'a.example': 8443, 'b.example': 8443 })).toEqual([]);
  expect(problemsWith({ 'a.example': 22, 'b.example': 22 }, 'ambient')).toEqual([]);
});
