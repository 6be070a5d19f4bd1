import type { Legacy } from './read-legacy.ts';

/** Why a key of the predecessor has no field here, by how it begins; the first that fits. */
const REASONS: readonly (readonly [start: string, why: string])[] = [
  ['dragonfly.', 'the platform runs its own store, and its password comes from Vault'],
  ['streams.', 'agents speak HTTP: `worker()`, or docs/agents.md for any language'],
  ['orchestrator.heartbeat_interval', 'a lease says how often its agent must beat'],
  ['orchestrator.message_', 'the client tries again by itself'],
  ['orchestrator.stream_max_length', 'nothing that waits is trimmed'],
  [
    'orchestrator.max_concurrent_tasks',
    'the slots of the agents bound it; `limits.inFlight` of a route does more narrowly',
  ],
  ['orchestrator.', 'the scheduler names and numbers itself'],
  ['logging.', 'logs come with the platform, and `observe.logs` of a fleet says from which level on'],
  ['monitoring.', 'metrics, dashboards and probes come with the platform'],
  ['tmux_fallback.', 'there is nothing to fall back from: a task of an agent that is silent goes to another'],
  ['agent.tmux_fallback.', 'there is nothing to fall back from: a task of an agent that is silent goes to another'],
  ['parent_agent_id', 'fleets are scaled by what waits, and not by each other; `talksTo` lets them ask each other'],
  ['startup_context', 'settings of an agent stand in `agent.env`, and a prompt in `agent.prompt`'],
  ['max_lifetime', '`timeouts.run` bounds a run, and an idle agent goes by `scale.down`'],
  ['resource_limits.max_lifetime', '`timeouts.run` bounds a run, and an idle agent goes by `scale.down`'],
  ['memory_config', '`memory` of a fleet is a volume for each agent'],
];

/** What has no place in the spec, with what does it now, a line each. Nothing is left out without a word. */
export function whatWasLeft({ left }: Legacy): readonly string[] {
  const groups = new Map<string, { readonly keys: Set<string>; readonly files: Set<string> }>();
  for (const { file, key } of left) {
    const why = REASONS.find(([start]) => key.startsWith(start))?.[1] ?? 'nothing here is like it';
    const group = groups.get(why) ?? { keys: new Set(), files: new Set() };
    groups.set(why, group);
    group.keys.add(key);
    group.files.add(file);
  }
  return [...groups].map(([why, { keys, files }]) => {
    const [file] = files;
    return `${[...keys].join(', ')} (${files.size === 1 ? file : `${files.size} files`}): ${why}`;
  });
}
