import type { SourceFile, Span } from '../../spec/contract/source.ts';
import { entryOf } from './catalog.ts';
import type { Code } from './catalog.ts';
import { printable } from './clean.ts';
import type { Diagnostic } from './diagnostic.ts';
import { locator } from './located.ts';
import { ordered } from './order.ts';
import { masked } from './secret-shapes.ts';
import { sure } from '../../spec/contract/sure.ts';

type Locate = ReturnType<typeof locator>;

/** All problems as SARIF 2.1.0, the format code scanning reads. Only rules that occur are listed. `semanticVersion` is the compiler's. */
export function printSarif(
  diagnostics: readonly Diagnostic[],
  files: readonly SourceFile[],
  semanticVersion: string,
): string {
  const locate = locator(files);
  const all = ordered(diagnostics);
  const codes = [...new Set(all.map(({ code }) => code))].sort();
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'nova-torch', semanticVersion, rules: codes.map(ruleOf) } },
        columnKind: 'utf16CodeUnits',
        results: all.map((diagnostic) => resultOf(diagnostic, codes.indexOf(diagnostic.code), locate)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function ruleOf(code: Code): object {
  const { message, explanation, severity } = entryOf(code);
  return {
    id: code,
    shortDescription: { text: message },
    fullDescription: { text: sure(explanation.split('\n', 1)[0], 'the first line of an explanation') },
    help: { text: explanation, markdown: explanation },
    defaultConfiguration: { level: severity },
  };
}

function resultOf(
  { code, severity, message, at, label, related, notes, fix }: Diagnostic,
  rule: number,
  locate: Locate,
) {
  const text = printable([message, ...(label === undefined ? [] : [label]), ...notes].join('. '));
  return {
    ruleId: code,
    ruleIndex: rule,
    level: severity,
    message: { text },
    locations: [{ physicalLocation: physical(at, locate) }],
    ...(related.length > 0 && {
      relatedLocations: related.map((place, id) => ({
        id,
        message: { text: printable(place.message) },
        physicalLocation: physical(place.at, locate),
      })),
    }),
    ...(fix !== undefined && {
      fixes: [
        {
          description: { text: printable(fix.title) },
          artifactChanges: fix.edits.map(({ at: place, text: inserted }) => ({
            artifactLocation: { uri: uriOf(place.file) },
            replacements: [{ deletedRegion: region(place, locate), insertedContent: { text: masked(inserted) } }],
          })),
        },
      ],
    }),
  };
}

function physical(at: Span, locate: Locate): object {
  return { artifactLocation: { uri: uriOf(at.file) }, region: region(at, locate) };
}

function region(at: Span, locate: Locate): object {
  const { line, column, endLine, endColumn } = locate(at);
  return { startLine: line, startColumn: column, endLine, endColumn };
}

/** A relative reference: blanks and the like are escaped, `/` stays. */
function uriOf(file: string): string {
  return printable(file).split('/').map(encodeURIComponent).join('/');
}
