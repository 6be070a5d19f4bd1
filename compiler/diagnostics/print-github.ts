import type { SourceFile } from '../../spec/contract/source.ts';
import { printable } from './clean.ts';
import type { Diagnostic } from './diagnostic.ts';
import { locator } from './located.ts';
import { ordered } from './order.ts';

/**
 * All problems as workflow commands, which GitHub shows beside the changed lines. GitHub shows the first ten of a step;
 * the rest is in the log.
 */
export function printGithub(diagnostics: readonly Diagnostic[], files: readonly SourceFile[]): string {
  const locate = locator(files);
  return ordered(diagnostics)
    .map(({ code, severity, message, at, label, notes }) => {
      const { file, line, column, endLine, endColumn } = locate(at);
      const properties = {
        file,
        line,
        ...(endLine === line ? { col: column, endColumn } : { endLine }),
        title: code,
      };
      const text = [message, ...(label === undefined ? [] : [label]), ...notes].map(printable).join('\n');
      return `::${severity} ${propertiesOf(properties)}::${escapedData(text)}\n`;
    })
    .join('');
}

function propertiesOf(properties: Readonly<Record<string, string | number>>): string {
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${escapedProperty(printable(String(value)))}`)
    .join(',');
}

function escapedData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapedProperty(text: string): string {
  return escapedData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
