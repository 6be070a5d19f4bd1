import type { Json } from '../../../spec/contract/source.ts';
import type { FlagModel, FleetModel } from '../../core/model.ts';
import { targetingOf } from './targeting.ts';
import type { Mark } from './targeting.ts';

/** The flags of a fleet as flagd reads them: https://flagd.dev/schema/v0/flags.json */
export interface FlagDocument {
  readonly flags: Readonly<Record<string, Flag>>;
  /** Said with every answer. */
  readonly metadata: Readonly<Record<'environment' | 'fleet' | 'team', string>>;
}

interface Flag {
  readonly state: 'ENABLED';
  readonly variants: Readonly<Record<string, boolean | number | string>>;
  readonly defaultVariant: string;
  readonly targeting?: Json;
  readonly metadata: Readonly<Record<string, string>>;
}

/** `from` marks a value with the place below `flags` that decides it. */
export function flagDocument({ flags, environment, id, team }: FleetModel, from: Mark): FlagDocument {
  return {
    flags: Object.fromEntries(
      [...flags].map(([name, flag]) => [name, flagOf(flag, (value, ...path) => from(value, name, ...path))]),
    ),
    metadata: { environment: environment.name, fleet: id, team: team.name },
  };
}

function flagOf({ description, owner, expires, variants, default: usual, rules }: FlagModel, from: Mark): Flag {
  const targeting = targetingOf(rules, (value, ...path) => from(value, 'rules', ...path));
  return {
    state: 'ENABLED',
    variants: Object.fromEntries([...variants].map(([name, value]) => [name, from(value, 'variants', name)])),
    defaultVariant: from(usual, 'default'),
    ...(targeting === undefined ? {} : { targeting }),
    metadata: {
      ...(description === undefined ? {} : { description: from(description, 'description') }),
      owner: from(owner, 'owner'),
      expires: from(expires, 'expires'),
    },
  };
}
