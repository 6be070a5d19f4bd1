import type { Artifact } from './artifact.ts';
import type { EnvironmentModel, FleetModel } from './model.ts';
import type { Report } from '../diagnostics/report.ts';

/**
 * The seam every target goes through, ours and anyone's. An emitter is a pure function from the model to artifacts: no
 * IO, no clock, no randomness, no environment variables, and no knowledge of other emitters.
 *
 * A `fleet` emitter sees one fleet and nothing else, so that the compiler can prove from the fleet's digest alone that
 * its output is unchanged. An `environment` emitter sees the whole environment and runs once.
 */
export type Emitter = FleetEmitter | EnvironmentEmitter;

export interface FleetEmitter extends EmitterHeader {
  readonly scope: 'fleet';
  load(): Promise<(input: FleetInput) => readonly Artifact[]>;
}

export interface EnvironmentEmitter extends EmitterHeader {
  readonly scope: 'environment';
  load(): Promise<(input: EnvironmentInput) => readonly Artifact[]>;
}

interface EmitterHeader {
  /** Unique, kebab-case; names the emitter in the manifest, in `--emitter` and in messages. */
  readonly name: string;
  /** What it makes, in a few words. */
  readonly summary: string;
  /** Raised when its output changes for the same input, so that nothing stale is taken from the cache. */
  readonly version: number;
}

export interface FleetInput {
  readonly fleet: FleetModel;
  readonly report: Report;
}

export interface EnvironmentInput {
  readonly environment: EnvironmentModel;
  readonly report: Report;
}
