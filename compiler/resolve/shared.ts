import type { JsonObject } from '../../spec/contract/source.ts';
import type { ProviderModel, ScheduleModel, TeamModel, ToolServerModel } from '../core/model.ts';
import type { SpecDocument } from '../load/document.ts';
import { bytes, millis, ms, present, rate } from './amounts.ts';
import { lay, teamOf } from './context.ts';
import type { EnvironmentContext } from './context.ts';
import { LANGUAGE_DEFAULTS } from './defaults.ts';
import { endpointOf } from './endpoint.ts';
import type { FilledProvider, FilledSchedule, FilledTeam, FilledToolServer } from './filled.ts';
import { secretRef } from './secret.ts';

/** The documents that need nothing but themselves. Each gives nothing when an overlay made its document invalid. */

export function resolveTeam(document: SpecDocument, context: EnvironmentContext): TeamModel | undefined {
  const laid = lay<FilledTeam>(document, context.environment, LANGUAGE_DEFAULTS.team, [], context.report);
  if (laid === undefined) return undefined;
  const { node, spec } = laid;
  const { cpu, memory, storage, pods } = spec.quota;
  const offers = Object.entries(spec.exports).map(
    ([fleet, { routes = [], calls = [] }]) => [fleet, { routes, calls }] as const,
  );
  return {
    ...node,
    name: document.id,
    ...(spec.description === undefined ? {} : { description: spec.description }),
    facts: present({ name: document.id, owners: spec.owners, oncall: spec.oncall }),
    quota: present({
      cpuMillis: cpu === undefined ? undefined : millis(cpu),
      memoryBytes: memory === undefined ? undefined : bytes(memory),
      storageBytes: storage === undefined ? undefined : bytes(storage),
      pods,
    }),
    egress: spec.egress,
    secretPrefixes: spec.secretPrefixes,
    submitters: spec.submitters,
    exports: new Map(offers),
  };
}

export function resolveProvider(document: SpecDocument, context: EnvironmentContext): ProviderModel | undefined {
  const laid = lay<FilledProvider>(document, context.environment, LANGUAGE_DEFAULTS.provider, [], context.report);
  if (laid === undefined) return undefined;
  const { node, spec } = laid;
  const { requests, concurrent } = spec.limits;
  const perSecond = requests === undefined ? undefined : rate(requests);
  return {
    ...node,
    ...(spec.description === undefined ? {} : { description: spec.description }),
    facts: present({
      name: document.name,
      endpoint: endpointOf(spec.endpoint),
      secret: spec.secret === undefined ? undefined : secretRef(spec.secret),
      breaker: { errors: spec.breaker.errors, openForMs: ms(spec.breaker.openFor) },
      concurrent,
      requestsPerSecond: perSecond === undefined ? undefined : (perSecond.count * 1000) / perSecond.perMs,
    }),
  };
}

export function resolveToolServer(document: SpecDocument, context: EnvironmentContext): ToolServerModel | undefined {
  const laid = lay<FilledToolServer>(document, context.environment, LANGUAGE_DEFAULTS.toolServer, [], context.report);
  if (laid === undefined) return undefined;
  const { node, spec } = laid;
  const { description, url, transport, tools } = spec;
  const secret = spec.secret === undefined ? undefined : secretRef(spec.secret);
  return {
    ...node,
    ...(description === undefined ? {} : { description }),
    facts: present({ name: document.name, endpoint: endpointOf(url), transport, secret, tools }),
  };
}

export function resolveSchedule(document: SpecDocument, context: EnvironmentContext): ScheduleModel | undefined {
  const laid = lay<FilledSchedule>(document, context.environment, LANGUAGE_DEFAULTS.schedule, [], context.report);
  if (laid === undefined) return undefined;
  const { node, spec } = laid;
  return {
    ...node,
    id: document.id,
    name: document.name,
    team: teamOf(document),
    cron: spec.cron,
    tz: spec.tz,
    task: spec.task,
    input: spec.input as JsonObject,
    labels: spec.labels,
    overlap: spec.overlap,
    ...(spec.description === undefined ? {} : { description: spec.description }),
    catchUp: { windowMs: ms(spec.catchUp.window), max: spec.catchUp.max },
  };
}
