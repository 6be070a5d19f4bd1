import type { Json, SourceFile } from '../spec/contract/source.ts';
import type { Model } from './core/model.ts';
import type { Diagnostic } from './diagnostics/diagnostic.ts';

/** What a compile reads. `today` (YYYY-MM-DD) decides which patches have expired; nothing else depends on the clock. */
export interface CompileInput {
  readonly files: readonly SourceFile[];
  readonly today: string;
  /** Environments to emit; all when absent. The graph is checked for all of them in any case. */
  readonly environments?: readonly string[];
}

/** A file to be written below `generated/<environment>/`. */
export interface RenderedFile {
  readonly path: string;
  readonly text: string;
  readonly sha256: string;
  readonly emitter: string;
}

/** What one unit compiled to: `teams/<team>/<fleet>`, or the environment's shared part under the emitter's name. */
export interface CompiledUnit {
  readonly id: string;
  /** SHA-256 of everything the unit depends on: its model, the emitters and their versions. */
  readonly digest: string;
  /** Spec files its documents stand in, sorted. */
  readonly inputs: readonly string[];
  readonly files: readonly RenderedFile[];
  /** What the cluster would refuse to change later; kept in the unit's index for the next compile to compare with. */
  readonly immutable: Json;
}

export interface CompiledEnvironment {
  readonly name: string;
  readonly units: readonly CompiledUnit[];
}

export interface CompileResult {
  /** All problems, sorted by file and place. Nothing may be written when one of them is an error. */
  readonly diagnostics: readonly Diagnostic[];
  readonly model: Model;
  readonly environments: readonly CompiledEnvironment[];
}
