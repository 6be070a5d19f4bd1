import { defineCatalog } from './entry.ts';
import { paragraphs, yaml } from './text.ts';

/** NT20xx: documents and the files and names they refer to. */
export const reference = defineCatalog({
  NT2001: {
    severity: 'error',
    exit: 1,
    message: 'fleet `{fleet}` does not exist',
    explanation: paragraphs(
      'A name without a slash means a fleet of the same team; `team/name` means one of another team. No such fleet is written down, so tasks or calls would go nowhere.',
      'Correct the name, write the team in front of it, or add the fleet.',
      yaml('to:', '  code-fixer: 90          # in this team', '  quality/evaluator: 10   # in another team'),
    ),
  },
  NT2002: {
    severity: 'error',
    exit: 1,
    message: 'provider `{provider}` does not exist',
    explanation: paragraphs(
      'A fleet names the LLM providers it uses; each is a Provider of the same team or of the company. Without it there is no way out of the cluster and no key.',
      'Correct the name, or add a Provider in `spec/providers/`.',
    ),
  },
  NT2003: {
    severity: 'error',
    exit: 1,
    message: 'tool server `{server}` does not exist',
    explanation: paragraphs(
      'A fleet names the tool servers its agents call; each is a ToolServer of the same team or of the company.',
      'Correct the name, or add a ToolServer in `spec/tools/`.',
    ),
  },
  NT2004: {
    severity: 'error',
    exit: 1,
    message: 'tool server `{server}` does not offer `{tool}`',
    explanation: paragraphs(
      'A fleet may only be allowed tools that the server lists in `tools`. A name that is not listed could be added by the server later, and nobody would have reviewed it.',
      'Correct the name, or add the tool to `tools` of the ToolServer.',
    ),
  },
  NT2005: {
    severity: 'error',
    exit: 1,
    message: 'file `{file}` does not exist',
    explanation: paragraphs(
      'Schemas and prompts are files below the folder of the team, named from that folder.',
      'Correct the path, or add the file.',
      yaml('accepts:', '  bug_fix: {input: schemas/bug-fix.input.json}   # spec/teams/<team>/schemas/...'),
    ),
  },
  NT2006: {
    severity: 'error',
    exit: 1,
    message: 'environment `{environment}` does not exist',
    explanation: paragraphs(
      'Environments are listed in the Company, in promotion order, and each has a document in `spec/environments/`. A name that is neither would never take effect.',
      'Correct the name, or add the environment to both.',
    ),
  },
  NT2007: {
    severity: 'error',
    exit: 1,
    message: 'team `{team}` does not exist',
    explanation: paragraphs(
      'A team exists when it has a folder in `spec/teams/` with a Team document in it.',
      'Correct the name, or add the team.',
    ),
  },
  NT2008: {
    severity: 'error',
    exit: 1,
    message: 'team `{team}` has no share in the company',
    explanation: paragraphs(
      'The Company says how the scheduler is shared between teams. A team that is not listed there would have no share, and its tasks would never start.',
      'Add the team to `teams` of the Company.',
      yaml('teams:', '  research: {weight: 2}'),
    ),
  },
  NT2009: {
    severity: 'error',
    exit: 1,
    message: 'environment `{environment}` is not in the promotion order',
    explanation: paragraphs(
      'An Environment document is compiled only when the Company lists it in `environments`: the order there says what is promoted to where.',
      'Add it to `environments` of the Company, or remove the document.',
    ),
  },
  NT2010: {
    severity: 'error',
    exit: 1,
    message: '`{fleet}` does not accept `{task}`',
    explanation: paragraphs(
      'A fleet may ask another one only for task types that the other accepts.',
      'Correct the task type, or add it to `accepts` of the other fleet.',
    ),
  },
  NT2012: {
    severity: 'error',
    exit: 1,
    message: 'the spec has no Company',
    explanation: paragraphs(
      'Every spec has exactly one Company, in `spec/company.yaml`: it lists the environments in promotion order and the teams. Without it nothing can be compiled.',
      'Add it. `nova-torch init` writes one to start from.',
    ),
  },
  NT2013: {
    severity: 'error',
    exit: 1,
    message: 'the spec has more than one Company',
    explanation: paragraphs(
      'A spec describes one company. With two there would be two promotion orders and two lists of teams.',
      'Keep one of them.',
    ),
  },
  NT2020: {
    severity: 'error',
    exit: 1,
    message: 'fleets call each other in a circle: {cycle}',
    explanation: paragraphs(
      'When fleets call each other in a circle, an agent can wait for an answer that waits for the same agent: all slots fill up and nothing moves.',
      'Remove one of the edges. A result can be handed back by completing the task instead of calling the caller.',
    ),
  },
  NT2030: {
    severity: 'error',
    exit: 1,
    message: '`{fleet}` would get the namespace `{namespace}`, which is taken',
    explanation: paragraphs(
      'The namespace of a fleet is made from its team and its name; a name over 63 characters is cut and ends in a checksum. Two fleets must never share one.',
      'Give one of the two another name.',
    ),
  },
  NT2040: {
    severity: 'error',
    exit: 1,
    message: 'environment variable `{name}` is reserved: {reason}',
    explanation: paragraphs(
      'Some variables load code into a process, choose whom it believes or lead its calls elsewhere, others are set by the platform. A fleet that sets them could leave its sandbox or cut itself off.',
      'Use another name.',
    ),
  },
  NT2041: {
    severity: 'warning',
    exit: 1,
    message: '`$(...)` in `{name}` is kept as text',
    explanation: paragraphs(
      'Kubernetes would replace `$(NAME)` in a value by another variable, secrets included. The compiler writes it so that it stays what it is.',
      'Remove the parentheses if another value was meant, or ignore this if the text is right.',
    ),
  },
  NT2042: {
    severity: 'error',
    exit: 1,
    message: '`{name}` is a variable and a secret',
    explanation: paragraphs(
      'A secret with `mount: env` becomes a variable of its name; a variable of the same name would hide it or be hidden.',
      'Rename one of the two, or mount the secret as a file.',
    ),
  },
  NT2043: {
    severity: 'error',
    exit: 1,
    message: 'the agent cannot listen on port {port}: {reason}',
    explanation: paragraphs(
      "Agents run without root and beside the mesh's proxy. A port below 1024, or one that the proxy has, makes the pod fail at its start.",
      'Choose another port, such as 8080 or 9464.',
    ),
  },
  NT2044: {
    severity: 'error',
    exit: 1,
    message: 'the memory volume cannot be mounted at `{path}`: `{taken}` belongs to the system',
    explanation: paragraphs(
      'The volume would hide what is there: secrets, the prompt, the scratch disk or the system itself.',
      'Mount it elsewhere; `/var/lib/agent` is the default.',
    ),
  },
  NT2045: {
    severity: 'error',
    exit: 1,
    message: '`{host}` is called without encryption outside the cluster',
    explanation: paragraphs(
      'Prompts and results would cross the network in the clear, and anybody on the way could change them. Inside the cluster the mesh encrypts.',
      'Use `https`. Only hosts of the form `<service>.<namespace>.svc` may be called with `http`.',
    ),
  },
  NT2046: {
    severity: 'error',
    exit: 1,
    message: '{port} is not a port',
    explanation: paragraphs(
      'TCP ports go from 1 to 65535; an address with another one can never be reached.',
      'Correct the port in the address, or leave it out for that of the scheme.',
    ),
  },
  NT2050: {
    severity: 'warning',
    exit: 1,
    message: 'no fleet uses `{file}`',
    explanation: paragraphs(
      'A schema or a prompt that nobody names has no effect. Often the name in the fleet was changed and the file forgotten.',
      'Remove the file, or name it in a fleet.',
    ),
  },
  NT2051: {
    severity: 'warning',
    exit: 1,
    message: 'no fleet uses {kind} `{name}`',
    explanation: paragraphs(
      'It compiles to nothing. Often the last fleet that used it is gone.',
      'Remove the document, or let a fleet use it.',
    ),
  },
  NT2052: {
    severity: 'error',
    exit: 1,
    message: 'freeze `{name}` ends before it begins',
    explanation: paragraphs(
      'A freeze stops deployments between two points in time. One that ends before it begins would stop nothing, and nobody would notice.',
      'Exchange `from` and `to`.',
    ),
  },
  NT2053: {
    severity: 'error',
    exit: 1,
    message: '`{cron}` never fires: {problem}',
    explanation: paragraphs(
      'A schedule has five fields: minute, hour, day of the month, month, day of the week. One that can never match would silently never submit anything.',
      'Correct the field.',
      yaml('cron: "30 6 * * MON-FRI"   # every working day at half past six'),
    ),
  },
  NT2054: {
    severity: 'error',
    exit: 1,
    message: 'time zone `{tz}` does not exist',
    explanation: paragraphs(
      'Times of a schedule are those of a zone of the time zone database, such as `Europe/Berlin`, in exactly this spelling: what scales fleets by the clock refuses `europe/berlin`. In a zone that does not exist nothing fires.',
      'Correct the name, or leave it out for UTC.',
    ),
  },
  NT2055: {
    severity: 'error',
    exit: 1,
    message: 'there is no day `{day}`',
    explanation: paragraphs(
      'The calendar has no such day, so nobody can say when it has passed.',
      'Correct the month or the day.',
    ),
  },
  NT2056: {
    severity: 'warning',
    exit: 1,
    message: 'team `{team}` has no fleet',
    explanation: paragraphs(
      'A team without a fleet takes its share of the company and uses nothing of it. Often its folder was emptied and its document forgotten.',
      'Add a fleet, or remove the team here and from the Company.',
    ),
  },
  NT2057: {
    severity: 'error',
    exit: 1,
    message: 'the label `{name}` belongs to the platform',
    explanation: paragraphs(
      'Labels of a fleet become `nova-torch.dev/<name>` on every object. This name says who the object belongs to: selectors, dashboards, alerts and rights follow it, so a fleet that set it would pass for another.',
      'Choose another name.',
    ),
  },
  NT2058: {
    severity: 'warning',
    exit: 1,
    message: 'freeze `{name}` is over since {day}',
    explanation: paragraphs(
      'Argo CD is told of a freeze by the day and the month: it knows no year. One that is left in the spec would stop deployments again a year later.',
      'Delete it, or give it the days of the next one.',
    ),
  },
  NT2060: {
    severity: 'error',
    exit: 1,
    message: '`{path}` is one lease for `{fleet}`, but {difference}',
    explanation: paragraphs(
      'A secrets engine makes a user and its password together, each time somebody reads. All that a fleet reads at one path comes of one read, so that the two belong together; that read has one lease and is mounted in one way. Credentials of providers and tool servers are files.',
      'Give all secrets of the path the same `lease` and the same `mount`, or let the engine offer a second pair at another path.',
    ),
  },
  NT2061: {
    severity: 'error',
    exit: 1,
    message: 'no snapshot can be written every {every}; every {nearest} can',
    explanation: paragraphs(
      'Snapshots of the store are written by the clock, and cron has no other way to come back evenly than a part of an hour or of a day: 1, 2, 3, 4, 5, 6, 10, 12, 15, 20 or 30 minutes, 1, 2, 3, 4, 6, 8, 12 or 24 hours. Anything else would silently become another length.',
      'Write the length that the message names.',
    ),
  },
  NT2062: {
    severity: 'error',
    exit: 3,
    message: '`{host}` is no host outside the cluster: {reason}',
    explanation: paragraphs(
      'Egress names hosts outside the cluster, so that reviewers know whom agents talk to and the proxy can hold what is said against the name. An address, the machine itself, the cluster and the metadata server of a cloud are none: from there an agent could take the rights of its node.',
      'Write the DNS name of the host. Fleets reach each other by `talksTo`, and services of the cluster as ToolServer or Provider.',
    ),
  },
  NT2063: {
    severity: 'error',
    exit: 3,
    message: 'environment variable `{name}` is called like a secret, and its value stands in the spec',
    explanation: paragraphs(
      'Everybody who may read the repository, or look at a pod, reads the variables of an agent. A secret lives in the secrets server, and the spec only says where.',
      'Name it in `secrets` of the fleet, and change it, because it was in a file. A variable that holds no secret needs another name.',
      yaml('secrets:', '  PASSWORD: {path: kv/engineering/database, field: password, mount: env}'),
    ),
  },
  NT2064: {
    severity: 'error',
    exit: 1,
    message: '`mirror: peer` needs a second replica of the scheduler, and there is one',
    explanation: paragraphs(
      'With `scheduler.mirror: peer` each replica sends its journal to the next one, whose disk has all of it before anybody is answered. One replica alone has no other disk.',
      'Set `scheduler.replicas` to 2 or more, or leave `mirror` away.',
    ),
  },
});
