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
});
