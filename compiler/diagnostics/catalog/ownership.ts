import { defineCatalog } from './entry.ts';
import { paragraphs } from './text.ts';

/** NT40xx: what belongs to whom, and who may use it. */
export const ownership = defineCatalog({
  NT4001: {
    severity: 'error',
    exit: 3,
    message: 'team `{team}` may not route to `{fleet}`: team `{owner}` does not export it for routes',
    explanation: paragraphs(
      "A fleet belongs to its team. Another team's routes may send tasks to it only when the owner says so in `exports` of its Team document: tasks cost money, and their content is shown to the agents.",
      'Ask the owner to add your team to `exports.<fleet>.routes`, or route to a fleet of your own.',
    ),
  },
  NT4002: {
    severity: 'error',
    exit: 3,
    message: 'team `{team}` may not call `{fleet}`: team `{owner}` does not export it for calls',
    explanation: paragraphs(
      '`talksTo` opens a network path between two fleets. Across teams the owner of the called fleet must allow it in `exports` of its Team document.',
      'Ask the owner to add your team to `exports.<fleet>.calls`, or remove the edge.',
    ),
  },
  NT4003: {
    severity: 'error',
    exit: 3,
    message: '`{path}` is not below a secret prefix of team `{team}`',
    explanation: paragraphs(
      'The compiler writes the policy that lets a fleet read its secrets. A team gets only what lies below its own `secretPrefixes`, whatever a fleet asks for.',
      'Move the secret below the prefix of the team, or let the platform team add a prefix to the Team document.',
    ),
  },
  NT4004: {
    severity: 'error',
    exit: 3,
    message: '`{mount}` is a part of the secret server itself',
    explanation: paragraphs(
      "`sys`, `auth`, `identity` and `cubbyhole` hold the server's own state: tokens, policies and login methods. No fleet may read them.",
      'Name a mount that holds secrets, such as `kv`.',
    ),
  },
  NT4005: {
    severity: 'error',
    exit: 3,
    message: '`{fleet}` may not reach `{host}`: team `{team}` does not allow it',
    explanation: paragraphs(
      'Everything outside the cluster is closed. A fleet opens hosts for itself in `egress`, and only those that its Team lists.',
      'Let the owners of the team add the host to `egress` of the Team document, or remove it from the fleet.',
    ),
  },
  NT4006: {
    severity: 'error',
    exit: 3,
    message: 'image `{image}` is not from a registry that is allowed in {environments}',
    explanation: paragraphs(
      'The environment lists the registries that images may come from, so that nothing runs that was not scanned and signed there.',
      'Push the image to an allowed registry, or let the platform team add the registry to `images.registries`.',
    ),
  },
  NT4007: {
    severity: 'error',
    exit: 3,
    message: 'image `{image}` is not pinned by digest, as it must be in {environments}',
    explanation: paragraphs(
      'A tag can be moved. What was reviewed must be what runs, so this environment accepts only images with `@sha256:`.',
      'Add the digest behind the tag. An overlay can do it for this environment alone.',
    ),
  },
  NT4008: {
    severity: 'warning',
    exit: 3,
    message: 'image `{image}` can mean something else tomorrow',
    explanation: paragraphs(
      'An image without a tag, or with `latest`, is whatever was pushed last. Two pods of one fleet may run different versions, and a rollback brings back nothing.',
      'Name a version, or better a digest.',
    ),
  },
  NT4009: {
    severity: 'error',
    exit: 3,
    message: '`{owner}` does not own team `{team}`',
    explanation: paragraphs(
      'A patch changes generated objects by hand, and a flag makes two programs of one. Who answers for it must be one of the `owners` of the team.',
      'Name one of the owners of the team.',
    ),
  },
  NT4011: {
    severity: 'error',
    exit: 3,
    message: 'a patch may not change `{field}`',
    explanation: paragraphs(
      'What a pod may do, which image it runs, as whom, and who may reach it keeps teams apart. The language says it, and nothing goes around that. Whole parts that hold such fields cannot be replaced either.',
      'Change a smaller part, or say it in the fleet.',
    ),
  },
  NT4012: {
    severity: 'error',
    exit: 3,
    message: 'secret prefix `{path}` of team `{team}` reaches into that of team `{other}`',
    explanation: paragraphs(
      'Each path of the secrets belongs to one team. Where prefixes overlap, both teams read the same secrets.',
      'Give the teams prefixes that do not contain each other.',
    ),
  },
  NT4013: {
    severity: 'error',
    exit: 3,
    message: '`{account}` cannot submit for team `{team}`: it stands for {other}',
    explanation: paragraphs(
      'The scheduler knows by its ServiceAccount for which team somebody submits, so an account stands for one team. That of a fleet stands for the fleet, and those of the platform for nobody.',
      'Let each team that submits use an account of its own.',
    ),
  },
});
