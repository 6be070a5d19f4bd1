import { expect, test } from 'vitest';
import { checkSpec } from '../../compile.ts';
import { collector } from '../../diagnostics/report.ts';
import { caseFiles } from '../../diagnostics/testing/case-files.ts';
import { CASE_DAY } from '../../diagnostics/testing/problems-of.ts';
import { stages } from '../../stages.ts';
import { tracedValues } from '../testing/traced.ts';
import { emit } from './emit.ts';
import { emit as emitShared } from './emit-shared.ts';

const WORKER = `apiVersion: nova-torch.dev/v1
kind: Fleet
metadata: { name: worker }
spec:
  agent:
    image: ghcr.io/acme/a@sha256:5555555555555555555555555555555555555555555555555555555555555555
    delivery: push
    ports: { http: 8081 }
  accepts: { work: { timeouts: { run: 20m, heartbeat: 24s } } }
  egress: { api.github.com: {} }
  scale: { min: 2, max: 8 }
  talksTo: { test-writer: {} }
  observe: { traces: 30%, logs: info }
`;
const file = 'spec/teams/engineering/worker.yaml';

/** What is made for `prod`. */
function made() {
  const files = [...caseFiles('base'), { path: file, text: WORKER }];
  const { model } = checkSpec({ files, today: CASE_DAY }, stages);
  const environment = model.environments.find(({ name }) => name === 'prod');
  const fleet = environment?.fleets.get('engineering/worker');
  if (environment === undefined || fleet === undefined) throw new Error('no such fleet');
  const { report } = collector();
  return tracedValues([...emit({ fleet, report }), ...emitShared({ environment, report })], files);
}

const value = made();

test.each([
  ['DestinationRule', 'worker', '/spec/trafficPolicy/connectionPool/tcp/maxConnections', 8, '8'],
  ['VirtualService', 'worker', '/spec/http/0/timeout', '24s', '24s'],
  ['VirtualService', 'worker', '/spec/http/0/retries/perTryTimeout', '8s', '24s'],
  ['VirtualService', 'worker', '/spec/http/0/route/0/destination/port/number', 8081, '8081'],
  ['AuthorizationPolicy', 'allow-scheduler', '/spec/rules/0/to/0/operation/ports/0', '8081', '8081'],
  [
    'AuthorizationPolicy',
    'allow-scheduler',
    '/spec/rules/0/from/0/source/principals/0',
    'prod.acme.example/ns/nova-torch-system/sa/nova-torch-scheduler',
    'push',
  ],
  [
    'Sidecar',
    'default',
    '/spec/egress/0/hosts/4',
    'engineering--test-writer/test-writer.engineering--test-writer.svc.cluster.local',
    'test-writer',
  ],
  ['Telemetry', 'fleet', '/spec/tracing/0/randomSamplingPercentage', 30, '30%'],
  [
    'Telemetry',
    'fleet',
    '/spec/accessLogging/0/filter/expression',
    'has(response.code) ? response.code >= 400 : response.flags != 0',
    'info',
  ],
  ['ServiceEntry', 'api-vendor--a-example', '/spec/hosts/0', 'api.vendor-a.example', 'vendor-a'],
])('%s %s%s names the spec', (kind, name, pointer, wanted, text) => {
  expect(value(kind, name, pointer)).toEqual([wanted, text]);
});
