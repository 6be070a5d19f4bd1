import { relative, resolve } from 'node:path';
import { KUBERNETES_VERSIONS } from '../../verify/versions.ts';
import { defineCommand } from '../command.ts';
import { refuse } from '../context.ts';
import { exits } from '../exit.ts';
import { choice } from '../option.ts';
import { progressLine } from '../progress.ts';
import { formatOption, showProblems } from '../show-problems.ts';

/** Says that each part of the tree has the version its environment has. */
const AS_SPEC = 'environment';

export const verify = defineCommand({
  description:
    'Checks any tree of Kubernetes manifests as the cluster would, before it sees them: every field against the schema of its ' +
    'kind with nothing unknown let through, the rules that only the API server knows, what a minor version serves, and all ' +
    'objects as one graph: selectors find pods, references and ports lead somewhere. Nothing is written, and no cluster is asked.',
  arguments: [
    {
      name: 'path',
      summary: 'A folder of manifests or one file; generated/ when it is not given',
      required: false,
      complete: 'directory',
    },
  ],
  options: {
    kubernetes: choice(
      [AS_SPEC, ...KUBERNETES_VERSIONS],
      'version',
      'Minor version to check against; `environment` takes that of the spec for generated/, else the newest',
    ),
    format: formatOption,
  },
  examples: [
    { line: 'nova-torch verify', summary: 'check generated/, each environment with its own version' },
    { line: 'nova-torch verify charts/out --kubernetes 1.34', summary: 'check the manifests of something else' },
    { line: 'nova-torch verify --format sarif', summary: 'upload the result as code scanning' },
  ],
  exits: [exits.invalid, exits.limit],
  exitMeanings: { [exits.invalid]: 'the cluster would refuse something' },
  async run({ arguments: [path = 'generated'], options, context }) {
    const absolute = resolve(context.directory, path);
    const { existsSync } = await import('node:fs');
    if (!existsSync(absolute)) return refuse(context, `there is nothing at \`${path}\``);
    const { partsOf } = await import('../verify-parts.ts');
    const { verifyTree } = await import('../../verify/tree/verify-tree.ts');
    const { collector } = await import('../../diagnostics/report.ts');
    const { exitCodeOf, ordered } = await import('../../diagnostics/order.ts');
    const started = context.host.now();
    const { report, diagnostics } = collector();
    const from = relative(context.directory, absolute) || '.';
    const version = options.kubernetes === AS_SPEC ? undefined : options.kubernetes;
    const parts = partsOf(absolute, from, version, context.host.today());
    const [reading, verifying] = [
      progressLine(context, 'reading', 'files'),
      progressLine(context, 'verifying', 'objects'),
    ];
    const listeners = { onFile: reading.show, onObject: verifying.show };
    const tree = verifyTree(context.directory, from, parts, report, listeners);
    verifying.clear();
    reading.clear();
    const texts = new Map(tree.files.map((file) => [file.path, file.text]));
    const sorted = ordered(diagnostics);
    await showProblems(
      options.format,
      { diagnostics: sorted, sourceOf: (file) => texts.get(file), strict: false },
      context,
    );
    const code = exitCodeOf(sorted, false);
    if (options.format !== 'text' || code !== exits.ok) return code;
    if (tree.objects === 0) return refuse(context, `there are no manifests in \`${path}\``);
    const { counted } = await import('../../diagnostics/print-text.ts');
    const what = `${counted(tree.objects, 'object')} of ${counted(tree.kinds, 'kind')} in ${counted(tree.files.length, 'file')}`;
    const versions = tree.versions.join(', ');
    const took = Math.round(context.host.now() - started);
    context.out.line(`${context.out.style.green('ok')}  ${what}, for Kubernetes ${versions} (${took} ms)`);
    return code;
  },
});
