import type { Config } from './fields.ts';

/** Names of all schedulers, this one included: `<prefix>-0` to `<prefix>-<count - 1>`. */
export function schedulerNames({ id, count }: Config['scheduler']): readonly string[] {
  if (count === 1) return [id];
  const prefix = id.replace(/-\d+$/, '');
  return Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
}
