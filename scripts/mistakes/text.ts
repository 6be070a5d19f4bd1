import { changed, moved, removed } from './change.ts';
import type { Mistake } from './change.ts';

/** Mistakes in what a document is and holds: kinds, names, fields, units, indentation. */
export const mistakesOfText: readonly Mistake[] = [
  [
    'rename provider vendor-a',
    [changed('providers/vendors.yaml', 'name: vendor-a', 'name: vendor_a')],
    [
      'providers/vendors.yaml:5:9 NT1206 `metadata.name` cannot be `vendor_a`: a name: lower-case letters, digits and single hyphens, starting with a letter (DNS-1123, no double hyphen)',
    ],
  ],
  [
    'team name differs from folder',
    [changed('teams/data/team.yaml', 'name: data', 'name: datas')],
    ['teams/data/team.yaml:5:9 NT1216 the Team of `spec/teams/data` must be called `data`, not `datas`'],
  ],
  [
    'delete team.yaml',
    [removed('teams/data/team.yaml')],
    ['teams/data/extractor.yaml:5:9 NT1213 the folder `spec/teams/data` has no Team document'],
  ],
  [
    'wrong unit cpu',
    [changed('teams/engineering/code-fixer.yaml', "cpu: '1'", "cpu: '1 core'")],
    [
      'teams/engineering/code-fixer.yaml:16:12 NT1206 `spec.agent.resources.cpu` cannot be `1 core`: an amount of processor: whole cores, or millicores with `m`',
    ],
  ],
  [
    'wrong unit memory',
    [changed('teams/engineering/code-fixer.yaml', 'memory: 2Gi', 'memory: 2GB')],
    [
      'teams/engineering/code-fixer.yaml:17:15 NT1206 `spec.agent.resources.memory` cannot be `2GB`: an amount of bytes: a whole number and one unit of Ki, Mi, Gi, Ti',
    ],
  ],
  [
    'wrong unit duration',
    [changed('teams/engineering/code-fixer.yaml', 'run: 45m', 'run: 45min')],
    [
      'teams/engineering/code-fixer.yaml:35:14 NT1206 `spec.accepts.bug_fix.timeouts.run` cannot be `45min`: a length of time: a whole number and one unit of ms, s, m, h, d',
    ],
  ],
  [
    'wrong percent',
    [changed('company.yaml', 'success: 95%', 'success: 0.95')],
    ['company.yaml:37:18 NT1203 `spec.defaults.fleet.slo.success` must be text, found the number 0.95'],
  ],
  [
    'cpu as number',
    [changed('teams/engineering/code-fixer.yaml', "cpu: '1'", 'cpu: 1')],
    ['teams/engineering/code-fixer.yaml:16:12 NT1203 `spec.agent.resources.cpu` must be text, found the number 1'],
  ],
  [
    'wrong indentation (one field out)',
    [changed('teams/engineering/release-captain.yaml', '    prompt: prompts', '  prompt: prompts')],
    ['teams/engineering/release-captain.yaml:12:3 NT1201 unknown field `prompt` in `spec`'],
  ],
  [
    'wrong indentation (one space)',
    [changed('teams/engineering/release-captain.yaml', '    prompt: prompts', '   prompt: prompts')],
    ['teams/engineering/release-captain.yaml:12:4 NT1101 this is not YAML: bad indentation of a mapping entry'],
  ],
  [
    'a block indented into the map before it',
    [changed('teams/engineering/release-captain.yaml', '  scale:\n    min', '    scale:\n    min')],
    [
      'teams/engineering/release-captain.yaml:37:5 NT1203 `spec.tools.scale` must be a map of fields, found nothing',
      'teams/engineering/release-captain.yaml:38:10 NT1203 `spec.tools.min` must be a map of fields, found the number 1',
      'teams/engineering/release-captain.yaml:39:10 NT1203 `spec.tools.max` must be a map of fields, found the number 2',
    ],
  ],
  [
    'spec content not indented',
    [changed('teams/quality/team.yaml', /^  (?=\S)/gm, '')],
    [
      'teams/quality/team.yaml:4:1 NT1203 `metadata` must be a map of fields, found nothing',
      'teams/quality/team.yaml:6:1 NT1203 `spec` must be a map of fields, found nothing',
      'teams/quality/team.yaml:18:1 NT1203 `environments` must be a map of fields, found nothing',
    ],
  ],
  [
    'duplicate key',
    [
      changed(
        'teams/engineering/release-captain.yaml',
        '  providers: [vendor-a]',
        '  providers: [vendor-a]\n  providers: [vendor-b]',
      ),
    ],
    ['teams/engineering/release-captain.yaml:34:3 NT1107 `providers` is given twice'],
  ],
  [
    'broken schema json',
    [changed('teams/engineering/schemas/bug-fix.input.json', /,\s*"/, ' "')],
    [
      'teams/engineering/schemas/bug-fix.input.json:2:61 NT1401 this is not JSON: found `"title"` where `,` or the end of the map or list must stand',
    ],
  ],
  [
    'egress as list',
    [changed('teams/engineering/test-writer.yaml', /  egress:\n.*\n.*\n/, '  egress: [git.acme.example]\n')],
    ['teams/engineering/test-writer.yaml:38:11 NT1203 `spec.egress` must be a map of fields, found a list'],
  ],
  [
    'weights as percent',
    [changed('teams/engineering/routes.yaml', 'code-fixer: 70', 'code-fixer: 70%')],
    ['teams/engineering/routes.yaml:95:17 NT1203 `spec.to.code-fixer` must be a whole number, found the text `70%`'],
  ],
  [
    'kind misspelt',
    [changed('teams/engineering/code-fixer.yaml', 'kind: Fleet', 'kind: Flet')],
    ['teams/engineering/code-fixer.yaml:3:7 NT1209 there is no kind `Flet`'],
  ],
  [
    'apiVersion old',
    [changed('teams/engineering/code-fixer.yaml', 'nova-torch.dev/v1', 'nova-torch.dev/v1beta1')],
    [
      'teams/engineering/code-fixer.yaml:2:13 NT1210 `apiVersion` must be `nova-torch.dev/v1`, found the text `nova-torch.dev/v1beta1`',
    ],
  ],
  [
    'missing --- between routes',
    [changed('teams/data/routes.yaml', '---\n', '')],
    ['teams/data/routes.yaml:30:1 NT1107 `apiVersion` is given twice'],
  ],
  [
    'tab',
    [changed('teams/engineering/release-captain.yaml', '    slots: 2', '\tslots: 2')],
    ['teams/engineering/release-captain.yaml:11:1 NT1112 a tab cannot indent'],
  ],
  [
    'forgot colon',
    [changed('teams/engineering/release-captain.yaml', '    slots: 2', '    slots 2')],
    [
      'teams/engineering/release-captain.yaml:12:11 NT1101 this is not YAML: can not read a block mapping entry; a multiline key may not be …',
    ],
  ],
  [
    'cron with 6 fields',
    [changed('teams/data/schedules.yaml', '30 2 * * *', '0 30 2 * * *')],
    [
      'teams/data/schedules.yaml:8:9 NT1206 `spec.cron` cannot be `0 30 2 * * *`: five cron fields: minute, hour, day of month, month, day of week',
    ],
  ],
  [
    'k8s version as number',
    [changed('environments/prod.yaml', "'1.33'", '1.33')],
    ['environments/prod.yaml:11:17 NT1203 `spec.platform.kubernetes` must be text, found the number 1.33'],
  ],
  [
    'mesh misspelt',
    [changed('environments/prod.yaml', 'mesh: sidecar', 'mesh: side-car')],
    ['environments/prod.yaml:13:11 NT1204 `spec.platform.mesh` cannot be `side-car`'],
  ],
  [
    'two fleets same name',
    [changed('teams/engineering/test-writer.yaml', 'name: test-writer', 'name: code-fixer')],
    ['teams/engineering/test-writer.yaml:5:9 NT1212 Fleet `code-fixer` is defined twice'],
  ],
  [
    'fleet in wrong folder',
    [moved('teams/engineering/release-captain.yaml', 'release-captain.yaml')],
    ['release-captain.yaml:3:7 NT1211 a Fleet cannot stand in `spec`'],
  ],
  [
    'secret in env',
    [
      changed(
        'teams/engineering/code-fixer.yaml',
        'GIT_AUTHOR_NAME: code-fixer',
        'GITHUB_TOKEN: ghp_0123456789abcdefghijABCDEFGHIJ012345',
      ),
    ],
    ['teams/engineering/code-fixer.yaml:21:21 NT1301 this looks like a GitHub token'],
  ],
  [
    'env var name lower',
    [changed('teams/engineering/code-fixer.yaml', 'WORKSPACE_DIR:', 'workspace-dir:')],
    [
      'teams/engineering/code-fixer.yaml:22:7 NT1206 a name in `spec.agent.env` cannot be `workspace-dir`: an environment variable',
    ],
  ],
  [
    'rate 60/min',
    [changed('teams/engineering/routes.yaml', 'rate: 60/m', 'rate: 60/min')],
    [
      'teams/engineering/routes.yaml:39:11 NT1206 `spec.limits.rate` cannot be `60/min`: how many in a unit of time: a whole number, a slash and one of s, m, h',
    ],
  ],
  [
    'priority unknown',
    [changed('teams/engineering/routes.yaml', 'then: critical', 'then: critcal')],
    ['teams/engineering/routes.yaml:27:15 NT1204 `spec.priority.when[0].then` cannot be `critcal`'],
  ],
  [
    'precedence text',
    [changed('teams/engineering/routes.yaml', 'precedence: 600', 'precedence: high')],
    ['teams/engineering/routes.yaml:11:15 NT1203 `spec.precedence` must be a whole number, found the text `high`'],
  ],
  [
    'env prometheus removed in prod',
    [changed('environments/prod.yaml', '    prometheus: https://prometheus.acme.example\n', '')],
    ['environments/prod.yaml:36:3 NT1202 `spec.observability` lacks `prometheus`'],
  ],
  [
    'freeze date format',
    [changed('company.yaml', 'from: 2026-12-19T00:00Z', 'from: 19.12.2026')],
    [
      'company.yaml:48:13 NT1206 `spec.freeze.year-end.from` cannot be `19.12.2026`: a point in time in UTC, to the minute',
    ],
  ],
  [
    'duplicate environment',
    [changed('company.yaml', '[dev, staging, prod]\n  #', '[dev, staging, staging, prod]\n  #')],
    ['company.yaml:8:32 NT1208 `spec.environments` names the same value twice'],
  ],
  [
    'a secret by `key` instead of `field`',
    [changed('teams/engineering/code-fixer.yaml', '      field: private_key', '      key: private_key')],
    ['teams/engineering/code-fixer.yaml:69:7 NT1201 unknown field `key` in `spec.secrets.SIGNING_KEY`'],
  ],
  [
    'providers as text',
    [changed('teams/engineering/code-fixer.yaml', 'providers: [vendor-a, vendor-b]', 'providers: vendor-a, vendor-b')],
    [
      'teams/engineering/code-fixer.yaml:78:14 NT1203 `spec.providers` must be a list, found the text `vendor-a, vendor-b`',
    ],
  ],
  [
    'skills as list',
    [changed('teams/research/paper-reader.yaml', /  skills:\n(    .*\n)+/, '  skills: [analysis, pdf, statistics]\n')],
    ['teams/research/paper-reader.yaml:21:11 NT1203 `spec.skills` must be a map of fields, found a list'],
  ],
  [
    'skill level 9',
    [changed('teams/research/paper-reader.yaml', 'analysis: 4', 'analysis: 9')],
    ['teams/research/paper-reader.yaml:22:15 NT1205 `spec.skills.analysis` must be at most 5, found 9'],
  ],
  [
    'accepts as list',
    [changed('teams/research/report-writer.yaml', /  accepts:\n(    .*\n)+/, '  accepts: [report]\n')],
    ['teams/research/report-writer.yaml:16:12 NT1203 `spec.accepts` must be a map of fields, found a list'],
  ],
  [
    'a digest that was cut off',
    [changed('teams/engineering/code-fixer.yaml', /@sha256:\w+/, '@sha256:abc')],
    [
      'teams/engineering/code-fixer.yaml:12:12 NT1206 `spec.agent.image` cannot be `ghcr.io/acme/code-fixer@sha256:abc`: a container image with its registry host, and a digest or a tag',
    ],
  ],
  [
    'prompt path absolute',
    [changed('teams/engineering/code-fixer.yaml', 'prompt: prompts/code-fixer.md', 'prompt: /prompts/code-fixer.md')],
    [
      'teams/engineering/code-fixer.yaml:23:13 NT1206 `spec.agent.prompt` cannot be `/prompts/code-fixer.md`: a file below the folder of this document; `..` and absolute paths are refused',
    ],
  ],
  [
    'prompt path up',
    [
      changed(
        'teams/engineering/code-fixer.yaml',
        'prompt: prompts/code-fixer.md',
        'prompt: ../data/prompts/query-runner.md',
      ),
    ],
    [
      'teams/engineering/code-fixer.yaml:23:13 NT1206 `spec.agent.prompt` cannot be `../data/prompts/query-runner.md`: a file below the folder of this document; `..` and absolute paths are refused',
    ],
  ],
  [
    'schema keyword typo',
    [changed('teams/quality/schemas/evaluation.input.json', '"properties"', '"propertes"')],
    [
      'teams/quality/schemas/evaluation.input.json:7:3 NT1402 this is not a JSON Schema: there is no keyword `propertes`',
    ],
  ],
  [
    'a unit behind a number of pods',
    [changed('teams/data/team.yaml', 'pods: 26', 'pods: 26Gi')],
    ['teams/data/team.yaml:24:13 NT1203 `environments.prod.quota.pods` must be a whole number, found the text `26Gi`'],
  ],
  [
    '`spec` misspelt',
    [changed('teams/data/schedules.yaml', 'spec:\n  description: Payments', 'spce:\n  description: Payments')],
    ['teams/data/schedules.yaml:23:1 NT1201 unknown field `spce` in the document'],
  ],
  [
    'metadata missing',
    [changed('teams/quality/red-teamer.yaml', 'metadata:\n  name: red-teamer\n', '')],
    ['teams/quality/red-teamer.yaml:2:1 NT1202 the document lacks `metadata`'],
  ],
  [
    'owner list as text',
    [changed('teams/quality/team.yaml', 'owners: [acme/quality]', 'owners: acme/quality')],
    ['teams/quality/team.yaml:8:11 NT1203 `spec.owners` must be a list, found the text `acme/quality`'],
  ],
  [
    'a step without its hold',
    [changed('teams/engineering/code-fixer.yaml', '      - weight: 25%\n        hold: 1h\n', '      - weight: 25%\n')],
    ['teams/engineering/code-fixer.yaml:97:9 NT1202 `spec.rollout.steps[1]` lacks `hold`'],
  ],
  [
    'kubernetes 1.99',
    [changed('environments/prod.yaml', "'1.33'", "'1.99'")],
    ['environments/prod.yaml:11:17 NT1204 `spec.platform.kubernetes` cannot be `1.99`'],
  ],
];
