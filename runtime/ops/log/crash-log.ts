import type { DestinationStream } from 'pino';
import type { Config } from '../config/fields.ts';
import { logger, type LogOptions } from './logger.ts';
import { secretsOf } from '../config/secrets-of.ts';

/** What every line of a scheduler's log says, and what none may. */
export function logOptions(config: Config, version: string, to: DestinationStream): LogOptions {
  return {
    service: config.traces.service,
    version,
    environment: config.environment,
    level: config.log.level,
    secrets: secretsOf(config),
    to,
  };
}

/** The last words of a process: its stack on standard error would hold what the log never says, and no collector reads it whole. */
export function crashLog(options: LogOptions): (error: unknown, message: string) => void {
  const log = logger(options);
  return (err, message) => log.fatal({ err, action: 'crash' }, message);
}
