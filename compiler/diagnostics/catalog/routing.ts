import { defineCatalog } from './entry.ts';
import { paragraphs, yaml } from './text.ts';

/** NT50xx: which task goes where. */
export const routing = defineCatalog({
  NT5001: {
    severity: 'error',
    exit: 1,
    message: '`{fleet}` accepts `{task}`, but no route takes it',
    explanation: paragraphs(
      'A fleet lists the task types it accepts; a Route brings tasks to it. A task type without a route is refused when somebody submits it, so the fleet could never do that work.',
      'Add a Route for the task type, or remove it from `accepts`.',
      yaml('kind: Route', 'metadata: {name: bug-fix}', 'spec:', '  match: {task: bug_fix}', '  to: {code-fixer: 100}'),
    ),
  },
  NT5002: {
    severity: 'error',
    exit: 1,
    message: 'route `{route}` takes `{task}`, but no fleet accepts it',
    explanation: paragraphs(
      'The route would take tasks that nobody can do. Usually the task type is misspelt on one of the two sides, or the fleet is still to be written.',
      'Correct the name in `match.task`, or add the task type to `accepts` of a fleet.',
    ),
  },
  NT5003: {
    severity: 'error',
    exit: 1,
    message: '`{fleet}` does not accept {tasks}, which route `{route}` sends to it',
    explanation: paragraphs(
      'A target gets tasks only of types that it accepts. This one accepts none of the types of the route, so its weight goes nowhere.',
      'Add the task type to `accepts` of the fleet, or remove the target.',
    ),
  },
  NT5004: {
    severity: 'error',
    exit: 1,
    message: 'no fleet of route `{route}` has all skills that it requires',
    explanation: paragraphs(
      'An agent gets a task only when it has all skills of `require.skills`, each at its level or above. No target of this route does, so its tasks would wait until they time out.',
      'Lower the requirement, raise the skills of a fleet if its agents really have them, or send the tasks to a fleet that is able. The message names the nearest target and what it lacks.',
      yaml('require:', '  skills: {python: 3}', 'to: {code-fixer: 100}   # needs skills: {python: 3} or more'),
    ),
  },
  NT5005: {
    severity: 'error',
    exit: 1,
    message: '`{fleet}` lacks skills that route `{route}` requires',
    explanation: paragraphs(
      'Other targets of the route are able, but this one never gets a task: its share goes nowhere and the weights are not what they seem.',
      'Remove the target, or give the fleet the skill, or lower the requirement.',
    ),
  },
  NT5006: {
    severity: 'error',
    exit: 1,
    message: 'no fleet of route `{route}` can do its tasks when {values}',
    explanation: paragraphs(
      'A required skill can depend on the task: `lang-{input.lang}`. The compiler goes through all values that the input schema and the condition of the route leave open. For this one, no target has the skill.',
      'Give a fleet the skill, remove the value from the `enum` of the input schema, or exclude it with `match.where`.',
      yaml(
        "match: {task: triage, where: \"input.lang in ['en', 'de']\"}",
        'require:',
        '  skills: {"lang-{input.lang}": 1}',
      ),
    ),
  },
  NT5007: {
    severity: 'warning',
    exit: 1,
    message: 'route `{route}` requires `{template}`, but {why}',
    explanation: paragraphs(
      'A skill that depends on the task can be proven only when all values are known. Otherwise a task may arrive that no agent can do, and it waits until it times out.',
      'List the values with `enum` in the input schema and make the field required, or restrict them with `match.where`.',
    ),
  },
  NT5008: {
    severity: 'warning',
    exit: 1,
    message: 'no route sends tasks to `{fleet}`, and no fleet calls it',
    explanation: paragraphs(
      'All task types of this fleet are routed, but to other fleets. Its agents would run without work.',
      'Name it in `to` or `fallback` of a route, let another fleet call it with `talksTo`, or delete it.',
    ),
  },
  NT5009: {
    severity: 'error',
    exit: 1,
    message: 'no target of route `{route}` accepts `{task}`',
    explanation: paragraphs(
      'The route takes several task types. Its targets accept some of them, but not this one, so these tasks would wait until they time out.',
      'Add a fleet that accepts it to `to`, or leave the task type to another route.',
    ),
  },
  NT5010: {
    severity: 'error',
    exit: 1,
    message: '{problem}',
    explanation: paragraphs(
      'A condition is a small, total part of CEL: literals, `input.a.b`, `labels.x`, `task`, `tenant`, `== != < <= > >= in`, `&& || !`, `has()`, `size()`, `startsWith()`, `endsWith()`, `contains()`. Nothing in it can fail or run long.',
      'Regular expressions (`matches`) are not part of it: they can take very long, and languages disagree about them. Use `startsWith`, `endsWith`, `contains` or `in`.',
    ),
  },
  NT5011: {
    severity: 'error',
    exit: 1,
    message: '{problem}',
    explanation: paragraphs(
      'The condition is checked against the input schema of the fleets that the route sends tasks to, or of the fleet whose flag it is. It asks for something that no valid input can be, so it never holds, or always.',
      'Correct the field or the value; the caret shows which. If the schema is wrong, correct the schema.',
    ),
  },
  NT5012: {
    severity: 'error',
    exit: 1,
    message: '`{key}` is in no input of {tasks}',
    explanation: paragraphs(
      'The key of affinity, `perKey`, `dedupe`, fairness or a flag is read from the task. The input schemas of the fleets do not have this field, so every task would have the same, empty key.',
      'Correct the path, or add the field to the input schema.',
    ),
  },
  NT5013: {
    severity: 'error',
    exit: 1,
    message: '{problem} in a template of route `{route}`',
    explanation: paragraphs(
      'A template is text with parts in braces: `{input.path}`, `{labels.x}`, `{tenant}` or `{task}`.',
      'Close each brace, and name one of these between them.',
      yaml('dedupe: {key: "{input.repo}@{input.commit}", window: 30m}'),
    ),
  },
  NT5014: {
    severity: 'error',
    exit: 1,
    message: 'the key of `dedupe` in route `{route}` is the same for every task',
    explanation: paragraphs(
      'Tasks with the same key count as one. A key without a part in braces is the same for all tasks: only one of them would ever run in a window.',
      'Put what makes tasks equal into the key.',
      yaml('dedupe: {key: "{input.repo}@{input.commit}", window: 30m}'),
    ),
  },
  NT5015: {
    severity: 'warning',
    exit: 1,
    message: '`{value}` is never the value of `{key}`',
    explanation: paragraphs(
      'A weight is given to a value that the input schema does not allow, so it has no effect.',
      'Correct the value, or remove it.',
    ),
  },
  NT5020: {
    severity: 'error',
    exit: 1,
    message: 'route `{route}` never gets a `{task}`: {takers} before it',
    explanation: paragraphs(
      'Routes are tried from the highest precedence down, and the first that matches takes the task. Every task this route matches is taken by routes before it. The compiler tried one task for each combination of answers that all conditions can give, with the matcher of the scheduler.',
      'Raise the precedence of this route if it is the special case, narrow the other route, or delete this one.',
      yaml('spec:', '  precedence: 600   # tried before routes with 500, the default'),
    ),
  },
  NT5021: {
    severity: 'error',
    exit: 1,
    message: 'routes `{first}` and `{second}` both take some `{task}`, and nothing says which goes first',
    explanation: paragraphs(
      'Both routes match the task shown, and they have the same precedence. The order of their names would decide, and renaming a route would send tasks elsewhere.',
      'Give the special case a higher precedence than the general one, or make the conditions exclude each other.',
      yaml('spec:', '  precedence: 600   # the default is 500'),
    ),
  },
  NT5022: {
    severity: 'error',
    exit: 1,
    message: 'the condition of route `{route}` never holds',
    explanation: paragraphs(
      'No task can meet all parts of the condition: they contradict each other, the labels, or the input schema. The route would take nothing.',
      'Correct the part that is wrong, or delete the route.',
    ),
  },
  NT5023: {
    severity: 'warning',
    exit: 1,
    message: 'the condition for priority `{priority}` never holds for a task of route `{route}`',
    explanation: paragraphs(
      'No task that the route takes can meet this condition, or an earlier one holds whenever it does; the first that holds counts.',
      'Correct the condition, move it up, or remove it.',
    ),
  },
  NT5030: {
    severity: 'error',
    exit: 1,
    message: 'all weights of route `{route}` are 0',
    explanation: paragraphs(
      'A weight is the share of tasks relative to the other fleets. With nothing but zeros no fleet gets any, and tasks wait until they time out.',
      'Give at least one fleet a weight above 0.',
    ),
  },
  NT5031: {
    severity: 'warning',
    exit: 1,
    message: 'route `{route}` sends no tasks to `{fleet}`: its weight is 0',
    explanation: paragraphs(
      'A weight of 0 is a way to switch a fleet off for a while. If it stays, the fleet looks used and is not.',
      'Give it a weight, or remove it.',
    ),
  },
  NT5032: {
    severity: 'warning',
    exit: 1,
    message: '`{fleet}` rolls out as a canary, but no route sends tasks to it',
    explanation: paragraphs(
      'A canary is judged by what happens to a share of the tasks. Without tasks its gate has nothing to measure, and a bad version passes or the rollout hangs.',
      'Send tasks to the fleet, or use the strategy `rolling`.',
    ),
  },
  NT5040: {
    severity: 'error',
    exit: 1,
    message: 'the fallback of route `{route}` leads to `{fleet}`, which was tried before',
    explanation: paragraphs(
      'A fallback step sets in when the fleets before it cannot take the task. The same fleet with the same requirements cannot take it now either.',
      'Name another fleet, or ask for less: a step with its own, lower `require` may lead to the same fleet.',
      yaml('fallback:', '  - {when: [no-agent], to: test-writer, require: {skills: {python: 1}}}'),
    ),
  },
  NT5041: {
    severity: 'error',
    exit: 1,
    message: 'this fallback of route `{route}` sets in after {after}, but after {bound} {what}',
    explanation: paragraphs(
      'A step sets in when its reason has lasted for `after`. By then the task has already left the queue, so the step never happens.',
      'Shorten `after`, or let tasks wait longer: `timeouts.queue` of the accepted task, `queue.maxAge` of the route.',
    ),
  },
  NT5042: {
    severity: 'warning',
    exit: 1,
    message: 'fallbacks run in a circle: {cycle}',
    explanation: paragraphs(
      'When one of these fleets stops, its tasks go to the next, and when that one is overloaded, on to the next, until they are back. Such circles turn one failure into the failure of all.',
      'Let the chain end at a fleet that falls back to none of the others.',
    ),
  },
  NT5043: {
    severity: 'error',
    exit: 1,
    message: 'the fallback `{fleet}` cannot do the tasks of route `{route}`',
    explanation: paragraphs(
      'A fallback is needed when everything else has failed. This one does not accept the task, or lacks a required skill, so the task would wait until it expires.',
      'Name a fleet that is able, or ask for less in this step with its own `require`.',
    ),
  },
  NT5050: {
    severity: 'warning',
    exit: 1,
    message: 'a task of route `{route}` waits {spill} for its agent, but only {queue} in the queue',
    explanation: paragraphs(
      '`affinity.spillAfter` is how long a task waits for the agent that had the key before. It leaves the queue earlier, so it never goes to another agent.',
      'Shorten `spillAfter`, or let tasks wait longer.',
    ),
  },
  NT5051: {
    severity: 'warning',
    exit: 1,
    message: 'route `{route}` keeps tasks on one agent of `{fleet}`, which may have none',
    explanation: paragraphs(
      'With `mode: hard` a task waits for the agent that had its key until that agent is gone. A fleet that scales to zero loses its agents whenever it is idle, so what the agent kept is lost and each first task waits.',
      'Use `mode: soft`, or keep at least one agent with `scale.min: 1`.',
    ),
  },
  NT5052: {
    severity: 'warning',
    exit: 1,
    message: 'route `{route}` forgets a task after {window}, but it may run for {run}',
    explanation: paragraphs(
      '`dedupe` treats tasks with the same key as one for the length of the window. A window shorter than a run lets a second task start while the first still works.',
      'Make the window at least as long as the run timeout.',
    ),
  },
  NT5053: {
    severity: 'warning',
    exit: 1,
    message: 'the limit of {max} for each key never holds: route `{route}` runs at most {inFlight} in all',
    explanation: paragraphs(
      '`limits.perKey.max` holds one key back so that others get their turn. At or above `limits.inFlight` it never does.',
      'Lower it, or remove it.',
    ),
  },
  NT5054: {
    severity: 'warning',
    exit: 1,
    message: 'route `{route}` drops a `{task}` after {age}, before its queue timeout of {queue}',
    explanation: paragraphs(
      'A task that has waited for too long expires: after `timeouts.queue` of its fleet or after `queue.maxAge` of its route, whichever is shorter. Here the route is, so what the fleet says never counts.',
      'Make `queue.maxAge` of the route longer than `timeouts.queue` of the accepted task, or shorten the timeout.',
    ),
  },
  NT5055: {
    severity: 'warning',
    exit: 1,
    message: '`{fleet}` may be silent for {heartbeat} during a `{task}` that may run for {run}',
    explanation: paragraphs(
      'The heartbeat timeout is how a dead agent is noticed. At or above the run timeout it never is: a task of a dead agent waits for the whole run timeout.',
      'Shorten `timeouts.heartbeat`; 30s is the default.',
    ),
  },
  NT5056: {
    severity: 'warning',
    exit: 1,
    message: 'aging up to `{max}` does nothing: tasks of route `{route}` start at `{start}`',
    explanation: paragraphs(
      'Aging raises the priority of a waiting task step by step, not above `max`. Tasks start there or above already.',
      'Raise `max`, lower the default priority, or remove `aging`.',
    ),
  },
  NT5060: {
    severity: 'error',
    exit: 1,
    message: 'route `{route}` does not do what this case expects: {what}',
    explanation: paragraphs(
      'The tasks below `expect` run through the whole routing table with the matcher of the scheduler. `goesTo` names all fleets that this route may choose for the task; `notHere: true` says that the route must not take it.',
      'Correct the route, or the case.',
      yaml(
        'expect:',
        '  - {task: {task: bug_fix, input: {repo: acme/web}}, goesTo: [code-fixer]}',
        '  - {task: {task: bug_fix, input: {repo: other/web}}, notHere: true}',
      ),
    ),
  },
  NT5061: {
    severity: 'error',
    exit: 1,
    message: 'the input of this case of `{route}` is not what `{fleet}` accepts',
    explanation: paragraphs(
      'A case shows where a task goes. The scheduler refuses a task whose input does not fit the schema of the fleet, so this one never comes, and what the case says is true of no real task.',
      'Correct the input, or leave it out where the route does not look at it.',
    ),
  },
  NT5070: {
    severity: 'error',
    exit: 1,
    message: 'no route takes the tasks of schedule `{schedule}`',
    explanation: paragraphs(
      'The schedule submits a task at its times. This one, with its input and labels, is matched by no route, so each would be refused and nobody would notice for a day.',
      'Correct the task type, the input or the labels, or add a route.',
    ),
  },
  NT5071: {
    severity: 'error',
    exit: 1,
    message: 'the input of schedule `{schedule}` is not what `{fleet}` accepts',
    explanation: paragraphs(
      'The schedule submits the same input each time. It does not fit the input schema of a fleet that its route leads to, so each of its tasks would be refused.',
      'Correct the input. The message names the fields; the schema is the file that `accepts` of the fleet names.',
    ),
  },
  NT5080: {
    severity: 'error',
    exit: 4,
    message: 'the routing table has {size} KiB in {environments}, above the limit of {most} KiB',
    explanation: paragraphs(
      'The scheduler gets the table in ConfigMaps, which hold little. Large input and output schemas are the usual cause: each is kept once, but whole.',
      'Make schemas smaller, for example by leaving out descriptions and examples, or divide the environment.',
    ),
  },
  NT5081: {
    severity: 'error',
    exit: 4,
    message: '{count} routes lead to `{fleet}`, above the limit of {most}',
    explanation: paragraphs(
      'The scheduler hands the limits of all routes that lead to a fleet, as a target or as a fallback, to the fleet’s part of the store in one piece, which takes no more of them. A scheduler refuses a routing table with more, and goes on with the one before.',
      'Let one route do the work of several: `match.task` takes several task types, `priority.when` gives some of their tasks another priority, and a key of `fairness` or `limits.perKey` keeps customers apart without a route for each. Or split the fleet in two, each with its part of the routes.',
      yaml(
        'match: {task: [bug_fix, test_fix, lint_fix]}',
        'to: {code-fixer: 100}',
        'priority: {when: [{if: "input.severity == \'sev1\'", then: urgent}]}',
      ),
    ),
  },
  NT5082: {
    severity: 'error',
    exit: 1,
    message: 'routes `{first}` and `{second}` of `{fleet}` are one to the scheduler’s store',
    explanation: paragraphs(
      'The store knows each route by a number of 26 bits that is made of its name. Two names of one number are rare. Tasks of both would wait in one queue, under the limits of one of them, and be told of under its name. A scheduler refuses a routing table with two such routes of one fleet, and goes on with the one before.',
      'Give one of the two another name.',
    ),
  },
});
