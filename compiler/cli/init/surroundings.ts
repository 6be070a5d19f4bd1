/**
 * What is generated depends on every byte of a prompt, and each file of it is known by its bytes: line ends stay as they
 * are, whatever Git is told to do with them on a machine.
 */
export const attributes = `spec/** text eol=lf
generated/** text eol=lf linguist-generated
nova-torch.schema.json text eol=lf
`;

/** What a repository needs around its spec. A file that exists already is kept, whatever it says. */
export function surroundings(company: string): readonly (readonly [path: string, text: string])[] {
  return [
    ['README.md', readme(company)],
    ['.gitignore', '.nova-torch/\n'],
    ['.gitattributes', attributes],
    [
      '.vscode/settings.json',
      `${JSON.stringify({ 'yaml.schemas': { './nova-torch.schema.json': 'spec/**/*.yaml' } }, null, 2)}\n`,
    ],
  ];
}

function readme(company: string): string {
  return `# Agent fleets of ${company}

Everything about our agent fleets is written in \`spec/\` and compiled into \`generated/\`, which Argo CD deploys. Nobody edits
\`generated/\` by hand.

| to | run |
| --- | --- |
| check what you wrote | \`nova-torch check\` |
| compile every environment | \`nova-torch compile\` |
| see what a change does | \`nova-torch diff\` |
| ask about a field, a problem or a generated line | \`nova-torch explain Fleet.spec.scale\` |
| try where a task goes | \`nova-torch route test task.json --env dev\` |

A change is a pull request that holds both \`spec/\` and \`generated/\`; CI runs \`nova-torch compile --check\`.

- \`spec/company.yaml\`: environments in promotion order, and the teams
- \`spec/environments/\`: one file for each environment: cluster, versions, expected load
- \`spec/teams/<team>/\`: the team, its fleets and its routes; the path says who owns them
`;
}
