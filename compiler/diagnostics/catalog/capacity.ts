import { defineCatalog } from './entry.ts';
import { paragraphs, yaml } from './text.ts';

/** NT25xx: capacity, quotas, objectives and rollouts. */
export const capacity = defineCatalog({
  NT2501: {
    severity: 'warning',
    exit: 1,
    message: '`{fleet}` needs {busy} slots for the declared arrivals and has at most {slots}',
    explanation: paragraphs(
      "By Little's law, arrivals in a second times seconds for each run are the slots that are busy on average. Even with all agents running there are fewer, so the queue grows without end.",
      'Nobody declares how long a run takes on average. The compiler takes the bound of `slo.run`, or a quarter of the run timeout where there is none, and counts the share of retries that `slo.success` allows. The notes show the sum.',
      'Raise `scale.max` or `agent.slots`, declare `slo.run`, or correct `arrivals` of the environment.',
    ),
  },
  NT2502: {
    severity: 'warning',
    exit: 1,
    message: 'the fleets for `{task}` hold {share}% of the declared {rate}',
    explanation: paragraphs(
      'Several routes take this task type, so the compiler does not know how its tasks divide among the fleets. But even all of them together, at their largest and with the best division, are too small.',
      'Time for a run is taken from `slo.run`, or is a quarter of the run timeout. Raise `scale.max` or `agent.slots`, declare `slo.run`, or correct `arrivals` of the environment.',
    ),
  },
  NT2503: {
    severity: 'error',
    exit: 1,
    message: 'route `{route}` starts at most {rate}, but {arrivals} arrive',
    explanation: paragraphs(
      'The rate limit is below the arrivals that the environment declares. The queue grows until it is full or its tasks are too old.',
      'Raise `limits.rate`, or correct `arrivals` of the environment.',
    ),
  },
  NT2504: {
    severity: 'warning',
    exit: 1,
    message: 'route `{route}` runs at most {inFlight} tasks at once, but its arrivals keep {busy} running',
    explanation: paragraphs(
      'Arrivals in a second times seconds for each run are the tasks that run at once. `limits.inFlight` is below that, so the queue grows.',
      'Time for a run is taken from `slo.run`, or is a quarter of the run timeout. Raise `limits.inFlight`, or correct `arrivals` of the environment.',
    ),
  },
  NT2505: {
    severity: 'error',
    exit: 1,
    message: 'no fleet accepts `{task}`, so nothing can be said about its arrivals',
    explanation: paragraphs(
      'Capacity and objectives are checked against `arrivals`. A misspelt task type would leave the real one unchecked.',
      'Correct the name, or remove it.',
    ),
  },
  NT2506: {
    severity: 'error',
    exit: 1,
    message: '`{fleet}` has at least {min} agents but at most {max}',
    explanation: paragraphs(
      'The least number of agents, always or during a `scale.schedule`, is above the most. No number of agents is both.',
      'Raise `scale.max`, or lower the minimum.',
    ),
  },
  NT2510: {
    severity: 'error',
    exit: 1,
    message: 'the fleets of `{team}` may ask for {sum} {resource}, above the quota of {limit}',
    explanation: paragraphs(
      'All fleets of a team together, each at `scale.max` and in the middle of a rollout, must fit into the quota of the team. Otherwise the cluster refuses pods just when they are needed.',
      'A rolling update adds a quarter of the pods (rounded up), blue-green doubles them, a canary adds the share of its largest step. A fleet with memory replaces its pods one by one and adds none. What the mesh adds to a pod is not counted.',
      'Lower `scale.max` or the resources of a fleet, or raise the quota. The notes show what each fleet takes.',
      yaml('spec:', '  quota: {cpu: "40", memory: 80Gi, storage: 400Gi, pods: 100}'),
    ),
  },
  NT2520: {
    severity: 'error',
    exit: 1,
    message: 'the success target of `{fleet}` is 100%, which leaves no errors to spend',
    explanation: paragraphs(
      'An alert fires when errors use up the allowed share too fast. With 100% the allowed share is nothing: there is no rate to compare with, and the alerts of this fleet would never be right.',
      'Say what users really need: 99.9% allows one failure in a thousand tasks.',
    ),
  },
  NT2521: {
    severity: 'error',
    exit: 1,
    message: 'the objective of `{fleet}` is counted over {window}, but its slowest alert looks back {longest}',
    explanation: paragraphs(
      'Burn-rate alerts look back one hour, six hours, one day and three days. A window shorter than that forgets errors that an alert still counts, so the alert and the objective contradict each other.',
      'Use a window of at least 3d; 30d is the default.',
    ),
  },
  NT2522: {
    severity: 'warning',
    exit: 1,
    message: 'the page for `{fleet}` can never fire: it needs {needed}% failures',
    explanation: paragraphs(
      'The fastest alert fires when errors use up the budget 14.4 times too fast. With so low a target that is more than all tasks, so even a complete failure is noticed only by the slower alerts.',
      'Raise `slo.success` above 93.06%.',
    ),
  },
  NT2523: {
    severity: 'warning',
    exit: 1,
    message: 'at {arrivals} a single failure pages for `{fleet}`',
    explanation: paragraphs(
      'The fastest alert fires when errors in one hour use up the budget 14.4 times too fast. At the traffic that the environment declares, one failed task is already more than that. People learn to ignore such pages.',
      'Lower `slo.success`, or correct `arrivals` of the environment. The generated alerts wait for a few failures in any case, which makes them slower than the objective asks.',
    ),
  },
  NT2524: {
    severity: 'error',
    exit: 1,
    message: '`slo.{field}` of `{fleet}` can never be missed: {target}, but the {phase} timeout ends at {timeout}',
    explanation: paragraphs(
      'A phase that reaches its timeout ends there. Nothing is ever slower than the timeout, so a latency target at or above it always holds and its alert never fires.',
      'Lower the target, or raise the timeout.',
    ),
  },
  NT2525: {
    severity: 'warning',
    exit: 1,
    message: '`{fleet}` promises `{target}` but may have no agents',
    explanation: paragraphs(
      'With `scale.min: 0` the first task after a pause waits for a pod to start, which takes seconds to minutes. The promise is broken each time.',
      'Keep one agent with `scale.min: 1`, or leave `slo.assign` out and promise `slo.queueWait` instead.',
    ),
  },
  NT2526: {
    severity: 'warning',
    exit: 1,
    message: 'the gate of `{fleet}` lets {field} {gate} pass, but the objective is {objective}',
    explanation: paragraphs(
      'A new version that passes the gate may break what users are promised, and the alert fires after the rollout is over.',
      'Make the gate at least as strict as the objective, or leave it out: then the objective counts.',
    ),
  },
  NT2527: {
    severity: 'error',
    exit: 1,
    message:
      '`slo.{field}` of `{fleet}` cannot be measured: {target} is not one of the bounds; the nearest are {nearest}',
    explanation: paragraphs(
      'The scheduler counts how many tasks took at most so long, for a fixed list of bounds. How many took at most something between two bounds nobody knows, so an alert on it would be wrong.',
      'Choose one of the bounds. For `assign`: 10ms, 20ms, 35ms, 50ms, 75ms, 100ms, 150ms, 250ms, 500ms, 1s. For `queueWait`: 100ms, 500ms, 1s, 5s, 10s, 15s, 30s, 1m, 2m, 5m, 10m, 15m, 30m, 1h. For `run`: 500ms, 1s, 5s, 10s, 30s, 1m, 90s, 2m, 5m, 10m, 15m, 20m, 30m, 40m, 1h, 2h.',
    ),
  },
  NT2540: {
    severity: 'error',
    exit: 1,
    message: 'step {weight} of `{fleet}` {problem}',
    explanation: paragraphs(
      'A canary shows the new version to a growing share of the tasks, and to all of them after the last step.',
      yaml('rollout:', '  strategy: canary', '  steps: [{weight: 5%, hold: 10m}, {weight: 25%, hold: 20m}]'),
    ),
  },
  NT2541: {
    severity: 'error',
    exit: 1,
    message: '`{fleet}` rolls out as a canary without steps',
    explanation: paragraphs(
      'Without steps the new version gets all tasks at once, which is what a canary is meant to avoid.',
      yaml('rollout:', '  strategy: canary', '  steps: [{weight: 5%, hold: 10m}, {weight: 25%, hold: 20m}]'),
    ),
  },
  NT2542: {
    severity: 'error',
    exit: 1,
    message: 'the mesh cannot split the tasks of `{fleet}`, whose agents pull',
    explanation: paragraphs(
      'The mesh splits requests to agents. Agents with `delivery: pull` receive none: they ask the scheduler for work, so both versions would get as much as they ask for.',
      'Use `split: routing`: the scheduler hands the new version its share.',
    ),
  },
  NT2543: {
    severity: 'error',
    exit: 1,
    message: 'the mesh cannot split the tasks of `{fleet}`, whose agents have memory',
    explanation: paragraphs(
      'Agents with memory run as a StatefulSet, of which there is one version at a time behind the mesh. Argo Rollouts does not know StatefulSets.',
      'Use `split: routing`, which replaces agents one by one and hands the new ones their share, or `strategy: rolling`.',
    ),
  },
  NT2544: {
    severity: 'error',
    exit: 1,
    message: '`{fleet}` has canary steps, but rolls out as {strategy}',
    explanation: paragraphs(
      'Only a canary has steps. They would be ignored, and a reviewer would believe in a care that is not taken.',
      'Use `strategy: canary`, or remove the steps.',
    ),
  },
  NT2545: {
    severity: 'error',
    exit: 1,
    message: '`{fleet}` cannot roll out blue-green: its agents have memory',
    explanation: paragraphs(
      'Blue-green starts a second full set of agents beside the first. A memory volume belongs to one agent, so the second set would start without memory, and what the first set learns meanwhile would be lost.',
      'Use `strategy: rolling`, or keep the memory outside of the fleet.',
    ),
  },
  NT2546: {
    severity: 'error',
    exit: 1,
    message: '`{fleet}` may have no agents, and nobody wakes it',
    explanation: paragraphs(
      'With `delivery: push` the scheduler calls the agents. When none is there the call fails; nothing waits in a queue that would start one.',
      'Keep one agent with `scale.min: 1`, or use `delivery: pull`.',
    ),
  },
  NT2547: {
    severity: 'warning',
    exit: 1,
    message: '`{fleet}` drains for {drain}, but a `{task}` may run for {run}',
    explanation: paragraphs(
      'When a new version takes over, old agents may finish what they run for the length of `rollout.drain`. Work that takes longer is handed back and begins again elsewhere.',
      'Make the drain as long as the longest run timeout, or accept that long work is repeated.',
    ),
  },
  NT2548: {
    severity: 'warning',
    exit: 1,
    message: '`{fleet}` loses its memory whenever it is idle',
    explanation: paragraphs(
      'With `keep: while-deployed` a volume is deleted with its agent, and with `scale.min: 0` all agents go when there is nothing to do.',
      'Use `keep: always`, or keep one agent with `scale.min: 1`.',
    ),
  },
  NT2549: {
    severity: 'error',
    exit: 1,
    message: '`{fleet}` serves tasks and metrics on port {port}',
    explanation: paragraphs(
      'A process cannot listen twice on one port, so the second server fails and the pod never becomes ready.',
      'Give one of them another port; 8080 and 9464 are the defaults.',
    ),
  },
  NT2551: {
    severity: 'error',
    exit: 1,
    message: '`{fleet}` waits {after} before agents go, but an autoscaler cannot wait longer than {most}',
    explanation: paragraphs(
      'The autoscaler of Kubernetes remembers the demand of one hour at most. With a longer `scale.down.after` the API server refuses the scaler, and the fleet keeps the number of agents that it happens to have.',
      'Write `1h` or less. To keep agents at certain times, use `scale.schedule`.',
    ),
  },
  NT2552: {
    severity: 'error',
    exit: 1,
    message: 'no scaler can end the time `{cron}` after {hold}: {problem}',
    explanation: paragraphs(
      'Scalers know the end of a time by a second cron expression, which is made from `cron` and `hold`. A time that lasts until it begins again never ends, and an end in another month has no expression of its own.',
      'Shorten `hold`, or write several times whose ends stay in the month. For a minimum that always holds, raise `scale.min`.',
    ),
  },
  NT2553: {
    severity: 'warning',
    exit: 1,
    message: '`{fleet}` keeps one agent in {environments}: without Prometheus nothing would wake it',
    explanation: paragraphs(
      'A fleet without agents is woken by the tasks that wait for it, and the scaler reads their number from Prometheus. This environment names none, so the fleet is scaled by its use of the processor, which an absent agent does not have.',
      'Name one in `observability.prometheus` of the environment, or write `min: 1` for it.',
    ),
  },
  NT2554: {
    severity: 'error',
    exit: 1,
    message: 'the routing table cannot split the tasks of `{fleet}`, whose agents are called',
    explanation: paragraphs(
      'The routing table gives a task to a build, and agents of that build ask for it. Agents with `delivery: push` are called at one address for all builds: tasks of the smaller share would wait for nobody.',
      'Use `split: mesh`: the mesh moves requests to the new version step by step. Or use `strategy: blue-green`.',
    ),
  },
  NT2555: {
    severity: 'error',
    exit: 1,
    message: 'the hand-over of `{fleet}` {problem}',
    explanation: paragraphs(
      '`rollout.underway` says that the routing table is handing tasks from one build to another: how many steps are reached, and which build still has the rest. Both builds keep their agents until it is taken away.',
      yaml(
        'agent: {build: 2026-08-21.3}',
        'rollout:',
        '  strategy: canary',
        '  steps: [{weight: 5%, hold: 30m}]',
        '  underway: {from: 2026-08-14.1, step: 1}',
      ),
    ),
  },
  NT2556: {
    severity: 'warning',
    exit: 1,
    message:
      '`{fleet}` drains for {drain}, but credentials in `{name}` end {rest} after the restart that replaces them',
    explanation: paragraphs(
      'A variable is what it was when the agent started. So when two thirds of a lease are over, new agents start with new credentials, and the old ones may finish what they run for the length of `rollout.drain`. Theirs end with the last third of the lease: a task that runs longer loses them in the middle.',
      'Make the lease three times as long as the drain or longer, shorten the drain, or write `mount: file` and read the file again: it is renewed in place, and no agent is started anew.',
    ),
  },
});
