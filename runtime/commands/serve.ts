import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { systemClock } from '../loops/clock.ts';
import { serve, type ServeEnd } from '../main/serve.ts';
import { readConfig, type ConfigProblem, type Environment } from '../ops/config/read-config.ts';
import type { Config } from '../ops/config/fields.ts';
import { crashLog, logOptions } from '../ops/log/crash-log.ts';
import { standardOutput } from '../ops/log/standard-output.ts';

export interface ServeQuestion {
  /** What relative paths begin at. */
  readonly directory: string;
  /** Configuration file. */
  readonly file?: string;
  readonly env: Environment;
  /** For one's own machine: a token that may do everything is made, and kept in `.nova-torch/dev-token`. */
  readonly dev: boolean;
  readonly version: string;
  readonly stop: AbortSignal;
  /** `crash` writes an error to the log as its last line, with all before it, before it returns. */
  readonly onConfig: (config: Config, warnings: readonly ConfigProblem[], crash: Crash) => void;
  readonly onListening: (urls: { readonly api: string; readonly ops: string }, tokenFile?: string) => void;
  readonly onFatal: (error: Error) => void;
}

export type Crash = (error: unknown, message: string) => void;

export type ServeAnswer = ServeEnd | { readonly kind: 'invalid'; readonly problems: readonly ConfigProblem[] };

/** Reads the configuration and runs a scheduler until it is asked to stop. */
export async function serveFromConfig(question: ServeQuestion): Promise<ServeAnswer> {
  const { directory, file, version, stop, onFatal } = question;
  const tokenFile = question.dev ? devToken(directory) : undefined;
  const env = tokenFile === undefined ? question.env : { NOVA_TORCH_AUTH_DEV_TOKEN_FILE: tokenFile, ...question.env };
  const read = readConfig(file === undefined ? undefined : resolve(directory, file), env, directory);
  if (read.kind === 'invalid') return read;
  const config = withPathsFrom(directory, read.config);
  const to = standardOutput();
  question.onConfig(config, read.warnings, crashLog(logOptions(config, version, to)));
  return serve({
    config,
    to,
    version,
    stop,
    clock: systemClock,
    onListening: (urls) => question.onListening(urls, tokenFile),
    onFatal,
  });
}

function withPathsFrom(directory: string, config: Config): Config {
  const at = <T extends { readonly dir: string }>(settings: T): T => ({
    ...settings,
    dir: resolve(directory, settings.dir),
  });
  return {
    ...config,
    journal: at(config.journal),
    mirror: at(config.mirror),
    routing: at(config.routing),
    audit: at(config.audit),
  };
}

/** Made once: what was written down yesterday works today. */
function devToken(directory: string): string {
  const folder = join(directory, '.nova-torch');
  const path = join(folder, 'dev-token');
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  }
  return path;
}
