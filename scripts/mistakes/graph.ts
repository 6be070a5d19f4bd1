import { changed, moved, removed } from './change.ts';
import type { Mistake } from './change.ts';

/** Mistakes in what documents say about each other: names that lead nowhere, amounts that do not fit together, dates. */
export const mistakesOfGraph: readonly Mistake[] = [
  [
    'rename fleet code-reviewer',
    [changed('teams/engineering/code-reviewer.yaml', 'name: code-reviewer', 'name: reviewer')],
    ['teams/engineering/code-fixer.yaml:107:5 NT2001 fleet `code-reviewer` does not exist'],
  ],
  [
    'rename fleet evaluator (exported, other team routes)',
    [changed('teams/quality/evaluator.yaml', 'name: evaluator', 'name: grader')],
    ['teams/engineering/routes.yaml:201:5 NT2001 fleet `quality/evaluator` does not exist'],
  ],
  [
    'rename fleet triage',
    [changed('teams/support/triage.yaml', 'name: triage', 'name: sorter')],
    ['teams/support/routes.yaml:15:5 NT2001 fleet `triage` does not exist'],
  ],
  [
    'delete provider vendor-b',
    [
      changed(
        'providers/vendors.yaml',
        /---\napiVersion: nova-torch.dev\/v1\nkind: Provider\nmetadata:\n  name: vendor-b[\s\S]*?(?=---)/,
        '',
      ),
    ],
    ['teams/engineering/code-fixer.yaml:78:25 NT2002 provider `vendor-b` does not exist'],
  ],
  [
    'delete providers file',
    [removed('providers/vendors.yaml')],
    [
      'teams/data/extractor.yaml:47:15 NT2002 provider `on-prem` does not exist',
      'teams/data/query-runner.yaml:31:15 NT2002 provider `vendor-a` does not exist',
      'teams/engineering/code-fixer.yaml:78:25 NT2002 provider `vendor-b` does not exist',
    ],
  ],
  [
    'delete fleet file loader',
    [removed('teams/data/loader.yaml')],
    ['teams/data/routes.yaml:43:5 NT2001 fleet `loader` does not exist'],
  ],
  [
    'delete fleet file code-fixer',
    [removed('teams/engineering/code-fixer.yaml')],
    ['teams/engineering/routes.yaml:17:5 NT2001 fleet `code-fixer` does not exist'],
  ],
  [
    'misspell team in company',
    [changed('company.yaml', '    engineering:', '    enginering:')],
    ['company.yaml:14:5 NT2007 team `enginering` does not exist'],
  ],
  [
    'misspell team in export',
    [changed('teams/quality/team.yaml', 'routes: [engineering]', 'routes: [enginering]')],
    ['teams/quality/team.yaml:17:16 NT2007 team `enginering` does not exist'],
  ],
  [
    'remove team from company',
    [changed('company.yaml', '    quality:\n      weight: 1\n      inFlight: 160\n', '')],
    ['teams/quality/team.yaml:5:9 NT2008 team `quality` has no share in the company'],
  ],
  [
    'swap min max',
    [changed('teams/engineering/test-writer.yaml', '    min: 1\n    max: 3', '    min: 3\n    max: 1')],
    ['teams/engineering/test-writer.yaml:46:10 NT2506 `engineering/test-writer` has at least 3 agents but at most 1'],
  ],
  ['remove company', [removed('company.yaml')], ['company.yaml:1:1 NT2012 the spec has no Company']],
  [
    'remove environment staging',
    [removed('environments/staging.yaml')],
    ['company.yaml:8:23 NT2006 environment `staging` does not exist'],
  ],
  [
    'remove environment from company',
    [changed('company.yaml', '[dev, staging, prod]\n  #', '[dev, prod]\n  #')],
    ['environments/staging.yaml:5:9 NT2009 environment `staging` is not in the promotion order'],
  ],
  [
    'rename environment',
    [changed('environments/staging.yaml', 'name: staging', 'name: stage')],
    ['company.yaml:8:23 NT2006 environment `staging` does not exist'],
  ],
  [
    'unknown tool',
    [changed('teams/support/triage.yaml', 'set_labels', 'set_label')],
    ['teams/support/triage.yaml:38:27 NT2004 tool server `helpdesk` does not offer `set_label`'],
  ],
  [
    'unknown tool server',
    [changed('teams/support/triage.yaml', '    helpdesk:', '    helpdesc:')],
    ['teams/support/triage.yaml:37:5 NT2003 tool server `helpdesc` does not exist'],
  ],
  [
    'delete tools file',
    [removed('tools/servers.yaml')],
    [
      'teams/data/extractor.yaml:49:5 NT2003 tool server `warehouse` does not exist',
      'teams/engineering/code-fixer.yaml:80:5 NT2003 tool server `repositories` does not exist',
      'teams/research/web-researcher.yaml:29:5 NT2003 tool server `web` does not exist',
      'teams/support/knowledge-curator.yaml:29:5 NT2003 tool server `helpdesk` does not exist',
    ],
  ],
  [
    'delete a schema file',
    [removed('teams/engineering/schemas/bug-fix.input.json')],
    [
      'teams/engineering/code-fixer.yaml:31:14 NT2005 file `spec/teams/engineering/schemas/bug-fix.input.json` does not exist',
    ],
  ],
  [
    'delete prompt',
    [removed('teams/engineering/prompts/code-fixer.md')],
    [
      'teams/engineering/code-fixer.yaml:23:13 NT2005 file `spec/teams/engineering/prompts/code-fixer.md` does not exist',
    ],
  ],
  [
    'rename task in arrivals of prod',
    [changed('environments/prod.yaml', 'ticket_reply:', 'ticket_answer:')],
    ['environments/prod.yaml:53:5 NT2505 no fleet accepts `ticket_answer`, so nothing can be said about its arrivals'],
  ],
  [
    '`pull` for a canary of the mesh',
    [changed('teams/engineering/code-reviewer.yaml', 'delivery: push', 'delivery: pull')],
    [
      'teams/engineering/code-reviewer.yaml:40:12 NT2542 the mesh cannot split the tasks of `engineering/code-reviewer`, whose agents pull',
    ],
  ],
  [
    'one zero too many in `scale.max`',
    [changed('teams/support/replier.yaml', 'max: 20', 'max: 200')],
    [
      'teams/support/team.yaml:21:12 NT2510 the fleets of `support` may ask for 216250m processor, above the quota of 40',
    ],
  ],
  [
    'overlay unknown env',
    [changed('teams/engineering/release-captain.yaml', '  prod:', '  production:')],
    ['teams/engineering/release-captain.yaml:43:3 NT2006 environment `production` does not exist'],
  ],
  [
    'tz misspelt',
    [changed('teams/data/schedules.yaml', 'Europe/Berlin', 'Europe/Berln')],
    ['teams/data/schedules.yaml:9:7 NT2054 time zone `Europe/Berln` does not exist'],
  ],
  [
    'flag default unknown',
    [changed('teams/support/replier.yaml', 'default: long', 'default: full')],
    ['teams/support/replier.yaml:63:16 NT2601 flag `answer-length` has no variant `full`'],
  ],
  [
    'flag expired',
    [changed('teams/support/replier.yaml', '2027-03-31', '2026-03-31')],
    ['teams/support/replier.yaml:59:16 NT2605 flag `answer-length` expired after 2026-03-31'],
  ],
  [
    'a step below the one before',
    [changed('teams/engineering/code-fixer.yaml', 'weight: 25%', 'weight: 2%')],
    [
      'teams/engineering/code-fixer.yaml:97:17 NT2540 step 2% of `engineering/code-fixer` is not above the step before it, 5%',
    ],
  ],
  [
    'fallback to misspelt',
    [
      changed(
        'teams/engineering/routes.yaml',
        '      to: test-writer\n      require',
        '      to: tests-writer\n      require',
      ),
    ],
    ['teams/engineering/routes.yaml:55:11 NT2001 fleet `tests-writer` does not exist'],
  ],
  [
    'fleet moved to other team',
    [moved('teams/support/knowledge-curator.yaml', 'teams/research/knowledge-curator.yaml')],
    [
      'teams/research/knowledge-curator.yaml:14:13 NT2005 file `spec/teams/research/prompts/knowledge-curator.md` does not exist',
      'teams/research/knowledge-curator.yaml:21:14 NT2005 file `spec/teams/research/schemas/knowledge-update.input.json` does not exist',
      'teams/research/knowledge-curator.yaml:22:15 NT2005 file `spec/teams/research/schemas/knowledge-update.output.json` does not exist',
      'teams/research/team.yaml:14:11 NT2510 the fleets of `research` may ask for 14 pods, above the quota of 12',
      'teams/support/routes.yaml:98:5 NT2001 fleet `knowledge-curator` does not exist',
    ],
  ],
  [
    'reserved env var',
    [changed('teams/engineering/code-fixer.yaml', 'WORKSPACE_DIR:', 'NOVA_TORCH_URL:')],
    [
      'teams/engineering/code-fixer.yaml:22:7 NT2040 environment variable `NOVA_TORCH_URL` is reserved: the platform sets it',
    ],
  ],
  [
    'memory for a blue-green fleet',
    [changed('teams/support/triage.yaml', '  scale:\n', '  memory:\n    size: 1Gi\n  scale:\n')],
    ['teams/support/triage.yaml:49:15 NT2545 `support/triage` cannot roll out blue-green: its agents have memory'],
  ],
  [
    'a fleet that is called scales to nothing',
    [changed('teams/support/triage.yaml', '    min: 2\n    max: 3', '    min: 0\n    max: 3')],
    ['teams/support/triage.yaml:40:10 NT2546 `support/triage` may have no agents, and nobody wakes it'],
  ],
  [
    'slo 100%',
    [changed('company.yaml', 'success: 95%', 'success: 100%')],
    ['company.yaml:37:18 NT2520 the success target of `data/extractor` is 100%, which leaves no errors to spend'],
  ],
  [
    'a gate weaker than the objective',
    [changed('teams/engineering/code-fixer.yaml', '      run: p95 < 40m\n', '      run: p95 < 2h\n')],
    [
      'teams/engineering/code-fixer.yaml:101:12 NT2526 the gate of `engineering/code-fixer` lets run p95 < 2h pass, but the objective is p95 < 40m',
    ],
  ],
  [
    'a quota of memory with a digit lost',
    [changed('teams/data/team.yaml', 'memory: 40Gi', 'memory: 4Gi')],
    ['teams/data/team.yaml:23:15 NT2510 the fleets of `data` may ask for 30Gi memory, above the quota of 4Gi'],
  ],
  [
    'a quota of storage that is too small',
    [changed('teams/research/team.yaml', 'storage: 320Gi', 'storage: 100Gi')],
    [
      'teams/research/team.yaml:22:16 NT2510 the fleets of `research` may ask for 240Gi storage, above the quota of 100Gi',
    ],
  ],
  [
    'rate below arrivals',
    [changed('teams/support/routes.yaml', 'rate: 100/s', 'rate: 1/m')],
    ['teams/support/routes.yaml:28:11 NT2503 route `support/triage` starts at most 1/m, but 180/h arrive'],
  ],
  [
    'talksTo self',
    [
      changed(
        'teams/engineering/test-writer.yaml',
        '    code-reviewer:\n      tasks: [code_review]',
        '    test-writer:\n      tasks: [test_writing]',
      ),
    ],
    [
      'teams/engineering/test-writer.yaml:51:5 NT2020 fleets call each other in a circle: `engineering/test-writer` -> `engineering/test-writer`',
    ],
  ],
  [
    'talksTo cycle',
    [
      changed(
        'teams/engineering/code-reviewer.yaml',
        '  tools:\n',
        '  talksTo:\n    code-fixer:\n      tasks: [bug_fix]\n  tools:\n',
      ),
    ],
    [
      'teams/engineering/code-fixer.yaml:107:5 NT2020 fleets call each other in a circle: `engineering/code-fixer` -> `engineering/code-reviewer` -> `engineering/code-fixer`',
    ],
  ],
  [
    'talksTo task misspelt',
    [changed('teams/engineering/code-fixer.yaml', 'tasks: [test_writing]', 'tasks: [test_writng]')],
    ['teams/engineering/code-fixer.yaml:106:15 NT2010 `engineering/test-writer` does not accept `test_writng`'],
  ],
  [
    'freeze backwards',
    [changed('company.yaml', 'to: 2027-01-04T06:00Z', 'to: 2026-12-04T06:00Z')],
    ['company.yaml:49:11 NT2052 freeze `year-end` ends before it begins'],
  ],
  [
    'ports equal',
    [changed('teams/support/triage.yaml', 'http: 8081', 'http: 9464')],
    ['teams/support/triage.yaml:5:9 NT2549 `support/triage` serves tasks and metrics on port 9464'],
  ],
  [
    'schema of output deleted',
    [removed('teams/quality/schemas/evaluation.output.json')],
    [
      'teams/quality/evaluator.yaml:22:15 NT2005 file `spec/teams/quality/schemas/evaluation.output.json` does not exist',
    ],
  ],
  [
    'a fleet deleted with its route',
    [
      removed('teams/data/loader.yaml'),
      changed(
        'teams/data/routes.yaml',
        /---\napiVersion: nova-torch.dev\/v1\nkind: Route\nmetadata:\n  name: loads[\s\S]*?(?=---)/,
        '',
      ),
    ],
    [
      'environments/dev.yaml:43:5 NT2505 no fleet accepts `load`, so nothing can be said about its arrivals',
      'teams/data/schemas/load.input.json:1:1 NT2050 no fleet uses `schemas/load.input.json`',
      'teams/data/schemas/load.output.json:1:1 NT2050 no fleet uses `schemas/load.output.json`',
    ],
  ],
  [
    'a decimal point at the wrong place',
    [changed('teams/support/triage.yaml', 'success: 99.5%\n      run', 'success: 9.95%\n      run')],
    [
      'teams/support/triage.yaml:49:16 NT2526 the gate of `support/triage` lets success 9.95% pass, but the objective is 95%',
    ],
  ],
  [
    'a lease of seconds',
    [
      changed(
        'teams/engineering/code-fixer.yaml',
        '      field: token\n      mount: env',
        '      field: token\n      lease: 5s\n      mount: env',
      ),
    ],
    [
      'teams/engineering/code-fixer.yaml:73:14 NT1218 `spec.secrets.PACKAGES_TOKEN.lease` must be from 10m to 30d, found 5s',
    ],
  ],
];
