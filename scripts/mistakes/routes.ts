import { changed, removed } from './change.ts';
import type { Mistake } from './change.ts';

/** Mistakes in what belongs to whom, and in where tasks go. */
export const mistakesOfRoutes: readonly Mistake[] = [
  [
    'remove skill python',
    [changed('teams/engineering/code-fixer.yaml', '    python: 4\n', '')],
    [
      'teams/engineering/routes.yaml:15:7 NT5006 no fleet of route `engineering/bug-fix` can do its tasks when `input.language` is "python"',
    ],
  ],
  [
    'remove skill evaluation',
    [changed('teams/quality/evaluator.yaml', '    evaluation: 4\n', '')],
    ['teams/quality/routes.yaml:11:5 NT5004 no fleet of route `quality/evaluations` has all skills that it requires'],
  ],
  [
    'remove skill triage',
    [changed('teams/support/triage.yaml', '    triage: 4\n', '')],
    ['teams/support/routes.yaml:11:5 NT5004 no fleet of route `support/triage` has all skills that it requires'],
  ],
  [
    'remove skill lang-fr of triage',
    [changed('teams/support/triage.yaml', '    lang-fr: 3\n', '')],
    [
      'teams/support/routes.yaml:13:7 NT5006 no fleet of route `support/triage` can do its tasks when `input.language` is "fr"',
    ],
  ],
  [
    'route to fleet of other team',
    [changed('teams/data/routes.yaml', 'extractor: 100', 'support/triage: 100')],
    [
      'teams/data/routes.yaml:14:5 NT4001 team `data` may not route to `support/triage`: team `support` does not export it for routes',
    ],
  ],
  [
    'add a foreign target',
    [changed('teams/research/routes.yaml', '    report-writer: 100', '    report-writer: 90\n    support/replier: 10')],
    [
      'teams/research/routes.yaml:94:5 NT4001 team `research` may not route to `support/replier`: team `support` does not export it for routes',
    ],
  ],
  [
    'talksTo not exported',
    [changed('teams/data/team.yaml', /  exports:\n    query-runner:\n      calls: \[research\]\n/, '')],
    [
      'teams/research/report-writer.yaml:30:5 NT4002 team `research` may not call `data/query-runner`: team `data` does not export it for calls',
    ],
  ],
  [
    'exports missing for route',
    [changed('teams/quality/team.yaml', /  exports:\n    evaluator:\n      routes: \[engineering\]\n/, '')],
    [
      'teams/engineering/routes.yaml:201:5 NT4001 team `engineering` may not route to `quality/evaluator`: team `quality` does not export it for routes',
    ],
  ],
  [
    'rename task in accepts',
    [changed('teams/support/replier.yaml', '    ticket_reply:', '    ticket_answer:')],
    ['teams/support/routes.yaml:58:11 NT5002 route `support/replies` takes `ticket_reply`, but no fleet accepts it'],
  ],
  [
    'rename task in route',
    [changed('teams/support/routes.yaml', 'task: ticket_reply', 'task: ticket_answer')],
    ['teams/support/routes.yaml:58:11 NT5002 route `support/replies` takes `ticket_answer`, but no fleet accepts it'],
  ],
  [
    'rename field in schema used by routes',
    [changed('teams/support/schemas/ticket-triage.input.json', /"language"/g, '"lang"')],
    // Two lines name the field.
    [
      'teams/support/routes.yaml:13:14 NT5012 `input.language` is in no input of `ticket_triage`',
      'teams/support/routes.yaml:47:21 NT5061 the input of this case of `support/triage` is not what `support/triage` accepts',
    ],
  ],
  [
    'misspell field in condition',
    [changed('teams/engineering/routes.yaml', "input.severity == 'outage'", "input.severty == 'outage'")],
    ['teams/engineering/routes.yaml:26:13 NT5011 `input` has no field `severty`'],
  ],
  [
    'misspell value in condition',
    [changed('teams/engineering/routes.yaml', "input.severity == 'outage'", "input.severity == 'outtage'")],
    ["teams/engineering/routes.yaml:26:31 NT5011 `input.severity` is never 'outtage'"],
  ],
  [
    'single = in condition',
    [changed('teams/engineering/routes.yaml', "input.severity == 'outage'", "input.severity = 'outage'")],
    ['teams/engineering/routes.yaml:26:28 NT5010 `=` does not belong here'],
  ],
  [
    'delete route queries',
    [
      changed(
        'teams/data/routes.yaml',
        /---\napiVersion: nova-torch.dev\/v1\nkind: Route\nmetadata:\n  name: queries[\s\S]*/,
        '',
      ),
    ],
    ['teams/data/query-runner.yaml:23:5 NT5001 `data/query-runner` accepts `warehouse_query`, but no route takes it'],
  ],
  [
    'delete all routes of support',
    [removed('teams/support/routes.yaml')],
    [
      'teams/support/knowledge-curator.yaml:20:5 NT5001 `support/knowledge-curator` accepts `knowledge_update`, but no route takes it',
      'teams/support/replier.yaml:25:5 NT5001 `support/replier` accepts `ticket_reply`, but no route takes it',
      'teams/support/replier.yaml:37:5 NT5001 `support/replier` accepts `ticket_triage`, but no route takes it',
      'teams/support/triage.yaml:27:5 NT5001 `support/triage` accepts `ticket_triage`, but no route takes it',
    ],
  ],
  [
    'secret of another team',
    [changed('teams/engineering/code-fixer.yaml', 'kv/engineering/signing', 'kv/data/signing')],
    [
      'teams/engineering/code-fixer.yaml:68:13 NT4003 `kv/data/signing` is not below a secret prefix of team `engineering`',
    ],
  ],
  [
    'egress not allowed',
    [changed('teams/engineering/test-writer.yaml', '    packages.acme.example: {}', '    pypi.org: {}')],
    [
      'teams/engineering/test-writer.yaml:40:5 NT4005 `engineering/test-writer` may not reach `pypi.org`: team `engineering` does not allow it',
    ],
  ],
  [
    'image without digest',
    [changed('teams/engineering/code-fixer.yaml', /@sha256:\w+/, ':1.4')],
    [
      'teams/engineering/code-fixer.yaml:12:12 NT4007 image `ghcr.io/acme/code-fixer:1.4` is not pinned by digest, as it must be in `staging` and `prod`',
    ],
  ],
  [
    'image of other registry',
    [changed('teams/engineering/code-fixer.yaml', 'ghcr.io/acme/', 'docker.io/acme/')],
    [
      'teams/engineering/code-fixer.yaml:12:12 NT4006 image `docker.io/acme/code-fixer` is not from a registry that is allowed in `dev`, `staging` and `prod`',
    ],
  ],
  [
    'schedule task misspelt',
    [changed('teams/data/schedules.yaml', 'task: extract', 'task: extracts')],
    ['teams/data/schedules.yaml:10:9 NT5070 no route takes the tasks of schedule `data/orders-nightly`'],
  ],
  [
    'schedule input missing',
    [changed('teams/data/schedules.yaml', '    source: orders\n', '')],
    [
      'teams/data/schedules.yaml:12:5 NT5071 the input of schedule `data/orders-nightly` is not what `data/extractor` accepts',
    ],
  ],
  [
    'owner of flag unknown',
    [changed('teams/support/replier.yaml', 'owner: acme/support', 'owner: acme/suport')],
    ['teams/support/replier.yaml:58:14 NT4009 `acme/suport` does not own team `support`'],
  ],
  [
    'secretPrefix trailing typo',
    [changed('teams/engineering/team.yaml', '[kv/engineering]', '[kv/enginering]')],
    [
      'teams/engineering/code-fixer.yaml:68:13 NT4003 `kv/engineering/signing` is not below a secret prefix of team `engineering`',
      'teams/engineering/code-fixer.yaml:71:13 NT4003 `kv/engineering/packages` is not below a secret prefix of team `engineering`',
      'teams/engineering/release-captain.yaml:29:13 NT4003 `kv/engineering/deploy` is not below a secret prefix of team `engineering`',
    ],
  ],
  [
    'precedence equal',
    [changed('teams/engineering/routes.yaml', 'precedence: 600', 'precedence: 100')],
    [
      'teams/engineering/routes.yaml:91:3 NT5021 routes `engineering/bug-fix` and `engineering/bug-fix-elsewhere` both take some `bug_fix`, and nothing says which goes first',
    ],
  ],
  [
    'a word for a number in the input of a schedule',
    [changed('teams/research/schedules.yaml', 'pages: 2', 'pages: two')],
    [
      'teams/research/schedules.yaml:14:12 NT5071 the input of schedule `research/weekly-market-report` is not what `research/report-writer` accepts',
    ],
  ],
  [
    'expectation wrong fleet',
    [changed('teams/engineering/routes.yaml', 'goesTo: [release-captain]', 'goesTo: [code-fixer]')],
    [
      'teams/engineering/routes.yaml:181:7 NT5060 route `engineering/deployments` does not do what this case expects: `engineering/code-fixer` cannot get the task',
    ],
  ],
  [
    'fallback self',
    [
      changed(
        'teams/engineering/routes.yaml',
        '      to: test-writer\n      require',
        '      to: code-fixer\n      require',
      ),
    ],
    [
      'teams/engineering/routes.yaml:55:11 NT5043 the fallback `engineering/code-fixer` cannot do the tasks of route `engineering/bug-fix`',
    ],
  ],
  [
    'a window of dedupe that is shorter than a run',
    [changed('teams/engineering/routes.yaml', 'window: 1h\n    onHit', 'window: 1m\n    onHit')],
    [
      'teams/engineering/routes.yaml:46:13 NT5052 route `engineering/bug-fix` forgets a task after 1m, but it may run for 45m',
    ],
  ],
  [
    'the only weight is zero',
    [changed('teams/support/routes.yaml', 'replier: 100', 'replier: 0')],
    ['teams/support/routes.yaml:63:3 NT5030 all weights of route `support/replies` are 0'],
  ],
];
