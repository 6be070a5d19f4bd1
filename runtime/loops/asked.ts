/**
 * What somebody asked of a fleet, as the value of a switch: `<milliseconds since 1970>/<reason>`. A scheduler of an earlier
 * version wrote the reason alone.
 */
export interface Asked {
  readonly sinceMs?: number;
  readonly reason?: string;
}

/** Reason: as `reasonText` makes it. */
export function askedValue({ sinceMs, reason }: Required<Asked>): string {
  return `${sinceMs}/${reason}`;
}

export function readAsked(value: string): Asked {
  const [, since, reason] = /^(\d{12,15})\/(.+)$/.exec(value) ?? [];
  return since === undefined || reason === undefined ? { reason: value } : { sinceMs: Number(since), reason };
}
