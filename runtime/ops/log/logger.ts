import { pino, type DestinationStream, type Logger } from 'pino';
import { ecsFields, oneLine } from './ecs.ts';
import { masker } from './mask.ts';
import { standardOutput } from './standard-output.ts';

export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  /** `service.name`. */
  readonly service: string;
  readonly version: string;
  readonly environment: string;
  /** `event.dataset`. */
  readonly dataset?: string;
  /** Texts that must never be written: every secret of the configuration. */
  readonly secrets: readonly string[];
  /** Standard output when it is not given. */
  readonly to?: DestinationStream;
  readonly nowMs?: () => number;
}

/**
 * The log: one JSON object a line with the names of ECS. Only the fields that `ecs.ts` names are written, of whatever is given:
 * the API's framework may log requests with it as it likes. Everything passes the mask before it leaves.
 */
export function logger(options: LogOptions): Logger {
  const { level, service, version, environment, nowMs = Date.now } = options;
  const root: Logger = pino(
    {
      level,
      messageKey: 'message',
      timestamp: () => `,"@timestamp":"${new Date(nowMs()).toISOString()}"`,
      base: null,
      formatters: {
        level: (label) => ({ 'log.level': label }),
        log: ecsFields,
        bindings: ecsFields,
      },
      // Their work is done above, on all fields at once.
      serializers: { err: (value: unknown) => value },
      hooks: {
        logMethod(args, method) {
          const [first, ...rest] = args as readonly unknown[];
          const isText = typeof first === 'string';
          const message = isText ? first : typeof rest[0] === 'string' ? rest[0] : '';
          const fields = isText || typeof first !== 'object' || first === null ? {} : first;
          // Values for `%s` are left out: they are text of others that no field has named.
          const given = fields instanceof Error ? { err: fields } : fields;
          method.apply(this, [given, oneLine(message === '' && fields instanceof Error ? fields.message : message)]);
        },
      },
    },
    masked(options.to ?? standardOutput(), masker(options.secrets)),
  );
  return named(root).child({ service, version, env: environment, dataset: options.dataset ?? 'nova.scheduler' });
}

/** What a child says on each of its lines is held to the names as well; pino would write it as it is. */
function named(root: Logger): Logger {
  const { child } = root;
  return Object.assign(root, {
    child(this: Logger, bindings: Readonly<Record<string, unknown>>): Logger {
      return child.call(this, ecsFields(bindings)) as unknown as Logger;
    },
  });
}

interface Flushing extends DestinationStream {
  flush?(done?: (error?: Error) => void): void;
  flushSync?(): void;
}

function masked(to: Flushing, mask: (line: string) => string): Flushing {
  return {
    write: (line) => to.write(mask(line)),
    flush: (done) => (to.flush === undefined ? done?.() : to.flush(done)),
    flushSync: () => to.flushSync?.(),
  };
}
