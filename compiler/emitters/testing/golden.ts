import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile } from '../../compile.ts';
import { caseFiles } from '../../diagnostics/testing/case-files.ts';
import { printText } from '../../diagnostics/print-text.ts';
import { CASE_DAY } from '../../diagnostics/testing/problems-of.ts';
import { stages } from '../../stages.ts';

/** Golden folders of the Kubernetes emitter: `spec/` is laid over the base company, `kubernetes.yaml` is what it makes. */
export const GOLDEN = fileURLToPath(new URL('../kubernetes/golden', import.meta.url));

export function goldenNames(): readonly string[] {
  return readdirSync(GOLDEN).sort();
}

/** What the fleet `engineering/golden` of a golden folder compiles to in `prod`. */
export async function goldenText(name: string): Promise<string> {
  const files = new Map(caseFiles('base').map(({ path, text }) => [path, text]));
  const folder = join(GOLDEN, name);
  for (const entry of readdirSync(join(folder, 'spec'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(path.slice(folder.length + 1), readFileSync(path, 'utf8'));
  }
  const sources = [...files].map(([path, text]) => ({ path, text }));
  const result = await compile({ files: sources, today: CASE_DAY, environments: ['prod'] }, stages);
  const unit = result.environments[0]?.units.find(({ id }) => id === 'teams/engineering/golden');
  const file = unit?.files.find(({ path }) => path.endsWith('/kubernetes.yaml'));
  if (file === undefined) throw new Error(`${name} does not compile:\n${printText(result.diagnostics, sources)}`);
  return file.text;
}

/** What the golden file says now; nothing when it is still to be written. */
export function goldenExpected(name: string): string | undefined {
  const files = readdirSync(join(GOLDEN, name));
  return files.includes('kubernetes.yaml') ? readFileSync(join(GOLDEN, name, 'kubernetes.yaml'), 'utf8') : undefined;
}
