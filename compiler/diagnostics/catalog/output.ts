import { defineCatalog } from './entry.ts';

export const output = defineCatalog({
  NT6001: {
    severity: 'error',
    exit: 5,
    message: 'generated file `{path}` was edited by hand (line {line})',
    explanation: `Everything in \`generated/\` is written by the compiler, and what a reviewer approved is what runs. The bytes of this
file are not those the compiler wrote, so somebody changed it, or a merge mixed two versions of it. Nothing was written, because
the edit would have been lost.

- To drop the edit, restore the file (\`git checkout -- <file>\`) or run \`nova-torch compile --discard-edits\`.
- To keep what it does, say it in the spec. If the spec cannot say it yet, write a Patch:

\`\`\`yaml
apiVersion: nova-torch.dev/v1
kind: Patch
\`\`\`

After a merge the second way is usually right: the compiler writes the merged file anew.`,
  },
  NT6002: {
    severity: 'error',
    exit: 5,
    message: '`{path}` is in the way: the compiler would write it but did not make it',
    explanation: `A file stands where the compiler has to write, and no index in \`generated/.index/\` lists it as generated. The compiler never
overwrites a file that it does not own. Move the file out of \`generated/\`, or delete it when it is left from an earlier tree
whose index was removed:

\`\`\`sh
git rm generated/prod/teams/support/triage/kubernetes.yaml
nova-torch compile
\`\`\``,
  },
  NT6003: {
    severity: 'error',
    exit: 5,
    message: '`{path}` is not {expected}',
    explanation: `The generated tree, or the folder \`.nova-torch/\` in which a new one is put together, holds a symbolic link, a pipe or a device
where a file or a folder should be, or a file where a folder should be. Writing through a link could change files outside of
the repository, so the compiler writes nothing while there is one. Delete it:

\`\`\`sh
rm generated/prod/link
\`\`\``,
  },
  NT6004: {
    severity: 'error',
    exit: 5,
    message: '`{path}` cannot be read as the index of a unit',
    explanation: `The files below \`generated/.index/\` say which generated files belong to which fleet. This one is not valid, so the compiler no
longer knows what it may replace or remove. The usual cause is a merge conflict that was left in the file. Restore it from one
side of the merge and compile again:

\`\`\`sh
git checkout --theirs generated/.index/prod/teams/support/triage.json
nova-torch compile --discard-edits
\`\`\``,
  },
  NT6005: {
    severity: 'error',
    exit: 5,
    message: '`{path}` is out of date',
    explanation: `\`nova-torch compile --check\` compiled the spec and found that the committed file is not what it compiles to. Either the spec was
changed without compiling, or another version of the compiler wrote the file. Compile and commit the result together with the
spec:

\`\`\`sh
nova-torch compile
git add spec generated
\`\`\``,
  },
  NT6006: {
    severity: 'error',
    exit: 5,
    message: '`{path}` should not exist any more',
    explanation: `\`nova-torch compile --check\` found a generated file whose fleet, route or environment is gone from the spec. Argo CD would keep
applying it. Compile, which removes what it owns, and commit the result:

\`\`\`sh
nova-torch compile
git add -A generated
\`\`\``,
  },
  NT6007: {
    severity: 'error',
    exit: 4,
    message: '`{path}` stands more than {limit} folders deep',
    explanation: `The compiler writes nothing that deep below \`generated/\`: usually a folder was copied into itself. It is not looked into, and
nothing is written while it is there. See what Git does not know, and delete it:

\`\`\`sh
git clean --dry-run -d generated
\`\`\``,
  },
  NT6008: {
    severity: 'error',
    exit: 5,
    message: '`{path}` is not there: a compile was ended while it wrote',
    explanation: `A write takes the generated tree out of sight, changes it in \`.nova-torch/swap/\` and puts it back. Something ended the compiler
in that moment. What lies there is neither the old tree nor the new one, so it is neither shown nor compared. \`nova-torch compile\`
finishes the write; commands that only read never do.

When \`compile\` says this as well, it cannot tell that the write was its own: the folder came with the repository, from another
machine, or from a run that could keep no key. Nothing in it is used. Begin anew:

\`\`\`sh
git checkout -- generated
rm -r .nova-torch/swap
nova-torch compile
\`\`\``,
  },
});
