import type { JsonObject } from '../../../spec/contract/source.ts';
import { compile } from '../../compile.ts';
import type { Stages } from '../../compile.ts';
import type { CheckedRepository } from '../check-repository.ts';
import type { Artifact, Manifest } from '../../core/artifact.ts';
import type { Emitter, EnvironmentEmitter, FleetEmitter } from '../../core/emitter.ts';
import type { Origin } from '../../core/origin.ts';
import { stages } from '../../stages.ts';

/** A generated file with the objects it was rendered from. */
export interface GeneratedFile {
  /** From the repository's root: `generated/prod/...`. */
  readonly path: string;
  readonly text: string;
  readonly manifests: readonly Manifest[];
  /** Of a file that holds no manifests but one value of its own: the routing table, rules as `promtool` reads them. */
  readonly whole?: Whole;
}

export interface Whole {
  readonly kind: 'json' | 'yaml';
  /** JSON Pointer -> origin; '' is the whole. */
  readonly origins: ReadonlyMap<string, Origin>;
}

/** Compiles again and keeps what the files were rendered from: where values came from is never written down. */
export async function generatedFiles(checked: CheckedRepository, today: string): Promise<GeneratedFile[]> {
  const made: Manifest[] = [];
  const artifacts: Artifact[] = [];
  const watching: Stages = {
    ...stages,
    emitters: async () => (await stages.emitters()).map((emitter) => watched(emitter, artifacts)),
    summarize: (manifests, context, refusals) => {
      made.push(...manifests);
      return stages.summarize?.(manifests, context, refusals) ?? null;
    },
  };
  const files: GeneratedFile[] = [];
  for (const { name } of checked.model.environments) {
    made.length = 0;
    artifacts.length = 0;
    const result = await compile({ files: checked.files, today, environments: [name] }, watching);
    const byName = new Map(made.map((manifest) => [identityOf(manifest.value), manifest]));
    const wholes = new Map(artifacts.flatMap(wholeOf));
    for (const unit of result.environments.flatMap(({ units }) => units)) {
      for (const { path, text } of unit.files) {
        const file = { path: `generated/${name}/${path}`, text };
        const whole = wholes.get(path);
        if (whole !== undefined) files.push({ ...file, manifests: [], whole });
        else if (path.endsWith('.yaml')) files.push({ ...file, manifests: inFile(text, byName) });
      }
    }
  }
  return files;
}

/** The same emitter, whose artifacts are kept as well. */
function watched(emitter: Emitter, artifacts: Artifact[]): Emitter {
  const keep = (emitted: readonly Artifact[]): readonly Artifact[] => {
    artifacts.push(...emitted);
    return emitted;
  };
  if (emitter.scope === 'fleet') {
    const kept: FleetEmitter = {
      ...emitter,
      load: async () => {
        const emit = await emitter.load();
        return (input) => keep(emit(input));
      },
    };
    return kept;
  }
  const kept: EnvironmentEmitter = {
    ...emitter,
    load: async () => {
      const emit = await emitter.load();
      return (input) => keep(emit(input));
    },
  };
  return kept;
}

function wholeOf(artifact: Artifact): [path: string, whole: Whole][] {
  if (artifact.kind !== 'json' && artifact.kind !== 'yaml') return [];
  const { path, kind, origin, origins = [] } = artifact;
  return [[path, { kind, origins: new Map([['', origin], ...origins]) }]];
}

/** The objects of a file in the order of its documents. */
function inFile(text: string, byName: ReadonlyMap<string, Manifest>): Manifest[] {
  return documentsOf(text).flatMap(({ lines }) => byName.get(identityOfLines(lines)) ?? []);
}

export interface FileDocument {
  /** Line of the first of `lines`, counted from 1. */
  readonly firstLine: number;
  readonly lines: readonly string[];
}

/** The documents of a generated file. The writer begins each with `---`, and no line of a value can look like one. */
export function documentsOf(text: string): FileDocument[] {
  const documents: { firstLine: number; lines: string[] }[] = [];
  text.split('\n').forEach((line, index) => {
    if (line === '---') documents.push({ firstLine: index + 2, lines: [] });
    else documents.at(-1)?.lines.push(line);
  });
  return documents;
}

function identityOf(value: JsonObject): string {
  const { name = '', namespace = '' } = value['metadata'] as { readonly name?: string; readonly namespace?: string };
  return `${String(value['kind'])} ${namespace} ${name}`;
}

/** The same from the lines of a document: kind, and the two fields of its metadata. */
function identityOfLines(lines: readonly string[]): string {
  const field = (pattern: RegExp) => {
    const found = lines.map((line) => pattern.exec(line)?.[1]).find((value) => value !== undefined) ?? '';
    return found.startsWith('"') ? (JSON.parse(found) as string) : found;
  };
  return `${field(/^kind: (.*)$/)} ${field(/^ {2}namespace: (.*)$/)} ${field(/^ {2}name: (.*)$/)}`;
}
