import type { JsonPath } from '../../spec/contract/source.ts';
import type { Part, Place } from '../core/origin.ts';
import { shown } from '../diagnostics/clean.ts';
import type { Report } from '../diagnostics/report.ts';
import type { Kind } from './document.ts';
import { explainSchema } from './explain-schema.ts';
import type { Subject } from './explain-schema.ts';
import { documentValidators, mergedValidators } from './generated/validators.ts';
import type { ParsedDocument } from './parse.ts';
import { schemaNamed } from './schema-source.ts';
import { nodeAt, valueOf } from './tree.ts';
import type { ScalarNode, TreeNode } from './tree.ts';
import { sure } from '../../spec/contract/sure.ts';

/**
 * The value of a document when its schema accepts it, overlays included; nothing after problems were reported. Scalars
 * in doubt are refused here, because only the schema knows whether text was meant.
 */
export function validateDocument(
  kind: Kind,
  { root, doubts }: ParsedDocument,
  file: string,
  report: Report,
): { readonly value: unknown } | undefined {
  const value = valueOf(root);
  const valid = documentValidators[kind](value);
  const explained = new Set<TreeNode>();
  if (!valid) explain(kind, value, root, { file, report, explained, doubtful: doubts.length > 0 });
  const left = doubts.filter((node) => !explained.has(node));
  reportDoubts(left, file, report);
  return valid && left.length === 0 ? { value } : undefined;
}

/** Whether a spec is still valid after an overlay was merged into it; problems are placed by `locate`. */
export function validateMerged(
  kind: Kind,
  spec: unknown,
  locate: (path: JsonPath, part?: Part) => Place,
  report: Report,
): boolean {
  const validator = mergedValidators[kind];
  if (validator === undefined || validator(spec)) return true;
  const place = (path: JsonPath, part?: Part) => locate(path.slice(1), part);
  explainSchema(schemaNamed(`${kind}Spec`), spec, ['spec'], { report, place });
  return false;
}

interface Explaining {
  readonly file: string;
  readonly report: Report;
  readonly explained: Set<TreeNode>;
  readonly doubtful: boolean;
}

function explain(kind: Kind, value: unknown, root: TreeNode, { file, report, explained, doubtful }: Explaining): void {
  let reported = 0;
  const subject: Subject = {
    report: (code, at, params, details) => {
      reported += 1;
      report(code, at, params, details);
    },
    place: (path, part) => spanAt(root, path, part, file, explained),
    doubt: (path) => {
      const { node, found } = nodeAt(root, path);
      return found && node.type === 'scalar' ? node.doubt : undefined;
    },
  };
  explainSchema(schemaNamed(kind), value, [], subject);
  if (reported === 0 && !doubtful) throw new Error(`the schema of ${kind} refuses a document and nothing says why`);
}

/** The span of a key or value. The node whose place is asked for counts as explained. */
function spanAt(root: TreeNode, path: JsonPath, part: Part | undefined, file: string, explained: Set<TreeNode>): Place {
  const { node, entry } = nodeAt(root, path);
  if (part !== 'key') explained.add(node);
  const shownNode = part === 'key' && entry !== undefined ? entry.key : node;
  if (path.length === 0) return { file, start: root.start, end: Math.min(root.end, root.start + firstWord(root)) };
  return { file, start: shownNode.start, end: shownNode.end };
}

/** A document as a whole is shown by its first key. */
function firstWord(root: TreeNode): number {
  const first = root.type === 'map' ? [...root.entries.values()][0] : undefined;
  return first === undefined ? root.end - root.start : first.key.end - root.start;
}

/** Refuses scalars that are not what they seem. */
export function reportDoubts(nodes: readonly ScalarNode[], file: string, report: Report): void {
  for (const node of nodes) reportDoubt(node, file, report);
}

function reportDoubt(node: ScalarNode, file: string, report: Report): void {
  const at = { file, start: node.start, end: node.end };
  const { kind, text, other } = sure(node.doubt, 'the doubt about a scalar');
  if (kind === 'number') report('NT1109', at, { text: shown(text) });
  else {
    const fix = { title: 'puts it in quotes', edits: [{ at, text: `"${text}"` }] };
    report('NT1119', at, { text: shown(text), other }, { fix });
  }
}
