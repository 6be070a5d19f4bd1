import type { EdgeModel, FleetModel, Node, PeerFacts } from '../core/model.ts';
import { fleetNamespace } from '../core/names.ts';
import type { SpecDocument } from '../load/document.ts';
import { bytes, millis, ms, percentile, present, share, sortedEntries } from './amounts.ts';
import { resolveAccepts } from './accepts.ts';
import { labelsOf, lay, teamOf } from './context.ts';
import type { EnvironmentContext } from './context.ts';
import { PART_DEFAULTS } from './defaults.ts';
import type { FilledFleet } from './filled.ts';
import { resolveFlags } from './flags.ts';
import { resolvePrompt } from './prompt.ts';
import { secretRef } from './secret.ts';
import { resolveProviders, resolveTools } from './uses.ts';
import type { SharedModels } from './uses.ts';

/** A fleet whose edges are still to be linked. */
export interface Linking {
  readonly fleet: FleetModel & { readonly calls: EdgeModel[]; readonly calledBy: EdgeModel[] };
  readonly talksTo: FilledFleet['talksTo'];
}

/** A fleet in one environment; nothing when an overlay made it invalid. */
export function resolveFleet(
  document: SpecDocument,
  context: EnvironmentContext,
  shared: SharedModels,
): Linking | undefined {
  const defaults = [...context.defaults('fleet'), ...context.defaults('task')];
  const laid = lay<FilledFleet>(document, context.environment, context.base.fleet, defaults, context.report);
  const team = shared.teams.get(teamOf(document));
  if (laid === undefined || team === undefined) return undefined;
  const { node, spec } = laid;
  const owner = team.name;
  const fleet = present({
    at: node.at,
    from: node.from,
    id: document.id,
    name: document.name,
    team: team.facts,
    environment: context.facts,
    namespace: fleetNamespace(owner, document.name),
    labels: labelsOf(document),
    description: spec.description,
    role: spec.role,
    agent: agentOf(spec, node, document, context),
    skills: Object.fromEntries(sortedEntries(spec.skills)),
    accepts: resolveAccepts(spec, node, document, context),
    memory: memoryOf(spec, context),
    secrets: secretsOf(spec, node),
    egress: egressOf(spec, node),
    providers: resolveProviders(spec.providers, node, owner, context, shared),
    tools: resolveTools(spec.tools, node, owner, context, shared),
    flags: resolveFlags(spec.flags, node, context),
    scale: scaleOf(spec),
    rollout: rolloutOf(spec),
    slo: sloOf(spec),
    observe: { tracesShare: share(spec.observe.traces), logs: spec.observe.logs },
    calls: [] as EdgeModel[],
    calledBy: [] as EdgeModel[],
  });
  return { fleet, talksTo: spec.talksTo };
}

/** What the other end of an edge knows about a fleet. */
export function peerOf({ id, team, name, namespace, agent }: FleetModel): PeerFacts {
  return { id, team: team.name, name, namespace, httpPort: agent.ports.http };
}

function agentOf({ agent }: FilledFleet, node: Node, document: SpecDocument, context: EnvironmentContext) {
  const { cpu, memory, ephemeral } = agent.resources;
  return present({
    image: agent.image,
    build: agent.build ?? buildOf(agent.image),
    delivery: agent.delivery,
    slots: agent.slots,
    resources: { cpuMillis: millis(cpu), memoryBytes: bytes(memory), ephemeralBytes: bytes(ephemeral) },
    ports: agent.ports,
    args: agent.args,
    env: Object.fromEntries(sortedEntries(agent.env)),
    prompt: agent.prompt === undefined ? undefined : resolvePrompt(agent.prompt, node, document, context),
  });
}

/** The first 12 digits of the digest, or the tag; `latest` where an image has neither. */
export function buildOf(image: string): string {
  const digest = /@sha256:([0-9a-f]{12})/.exec(image)?.[1];
  return digest ?? /:([A-Za-z0-9_][A-Za-z0-9_.-]*)$/.exec(image)?.[1] ?? 'latest';
}

function memoryOf({ memory }: FilledFleet, context: EnvironmentContext): FleetModel['memory'] {
  if (memory === undefined) return undefined;
  const { path, keep } = { ...PART_DEFAULTS.memory, ...memory };
  return present({
    sizeBytes: bytes(memory.size),
    storageClass: memory.class ?? context.facts.storageClass,
    path,
    keep,
  });
}

function secretsOf({ secrets }: FilledFleet, node: Node): FleetModel['secrets'] {
  const entries = sortedEntries(secrets).map(
    ([name, secret]) =>
      [name, { ...PART_DEFAULTS.secret, ...secretRef(secret), at: node.from(['secrets', name], 'key') }] as const,
  );
  return new Map(entries);
}

function egressOf({ egress }: FilledFleet, node: Node): FleetModel['egress'] {
  const entries = sortedEntries(egress).map(
    ([host, { port = PART_DEFAULTS.egress.port }]) => [host, { port, at: node.from(['egress', host], 'key') }] as const,
  );
  return new Map(entries);
}

function scaleOf({ scale }: FilledFleet): FleetModel['scale'] {
  return {
    min: scale.min,
    max: scale.max,
    queueWaitMs: ms(scale.target.queueWait),
    slotUse: share(scale.target.slotUse),
    downAfterMs: ms(scale.down.after),
    schedule: scale.schedule.map(({ cron, hold, tz = PART_DEFAULTS.scaleSchedule.tz, min }) => ({
      cron,
      holdMs: ms(hold),
      tz,
      min,
    })),
  };
}

function rolloutOf({ rollout, agent }: FilledFleet): FleetModel['rollout'] {
  const { success, run } = rollout.gate;
  return present({
    strategy: rollout.strategy,
    split: rollout.split ?? (agent.delivery === 'push' ? 'mesh' : 'routing'),
    steps: rollout.steps.map(({ weight, hold }) => ({ share: share(weight), holdMs: ms(hold) })),
    gate: present({
      success: success === undefined ? undefined : share(success),
      run: run === undefined ? undefined : percentile(run),
    }),
    onFailure: rollout.onFailure,
    drainMs: ms(rollout.drain),
    underway: rollout.underway,
  });
}

function sloOf({ slo }: FilledFleet): FleetModel['slo'] {
  return present({
    success: share(slo.success),
    windowMs: ms(slo.window),
    assign: percentile(slo.assign),
    queueWait: slo.queueWait === undefined ? undefined : percentile(slo.queueWait),
    run: slo.run === undefined ? undefined : percentile(slo.run),
  });
}
