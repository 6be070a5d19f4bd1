import type {
  EnvironmentSpec,
  FleetSpec,
  ProviderSpec,
  RouteSpec,
  ScheduleSpec,
  TeamSpec,
  ToolServerSpec,
} from '../../spec/contract/generated/types.ts';

/** A value with nothing left out, all the way down. */
export type Filled<T> = T extends readonly (infer Item)[]
  ? readonly Filled<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]-?: Filled<T[Key]> }
    : T;

/** `T` with the parts `Keys` filled. */
type With<T, Keys extends keyof T> = Omit<T, Keys> & { readonly [Key in Keys]-?: Filled<NonNullable<T[Key]>> };
/** `T` with the parts `Keys` present, as they were written. */
type Having<T, Keys extends keyof T> = Omit<T, Keys> & { readonly [Key in Keys]-?: NonNullable<T[Key]> };

type Agent = FleetSpec['agent'];

/** Specs after every default was applied. What has no default stays optional. */
export type FilledFleet = Omit<
  Having<FleetSpec, 'skills' | 'secrets' | 'egress' | 'providers' | 'tools' | 'talksTo' | 'flags'>,
  'agent' | 'scale' | 'rollout' | 'slo' | 'observe'
> & {
  readonly agent: Having<With<Agent, 'delivery' | 'slots' | 'resources' | 'ports'>, 'args' | 'env'>;
  readonly scale: Filled<Omit<NonNullable<FleetSpec['scale']>, 'schedule'>> &
    Pick<Having<NonNullable<FleetSpec['scale']>, 'schedule'>, 'schedule'>;
  readonly rollout: Having<NonNullable<FleetSpec['rollout']>, 'strategy' | 'steps' | 'gate' | 'onFailure' | 'drain'>;
  readonly slo: Having<NonNullable<FleetSpec['slo']>, 'success' | 'window' | 'assign'>;
  readonly observe: Filled<NonNullable<FleetSpec['observe']>>;
};

export type FilledRoute = Omit<
  Having<RouteSpec, 'precedence' | 'limits' | 'fallback' | 'expect'>,
  'match' | 'require' | 'priority' | 'queue'
> & {
  readonly match: Having<RouteSpec['match'], 'labels'>;
  readonly require: Filled<NonNullable<RouteSpec['require']>>;
  readonly priority: Having<NonNullable<RouteSpec['priority']>, 'default' | 'when'>;
  readonly queue: Filled<NonNullable<RouteSpec['queue']>>;
};

export type FilledEnvironment = Omit<
  EnvironmentSpec,
  'platform' | 'images' | 'scheduler' | 'dragonfly' | 'arrivals'
> & {
  readonly platform: Having<EnvironmentSpec['platform'], 'mesh' | 'revision' | 'nodeLocalDns'>;
  readonly images: Having<NonNullable<EnvironmentSpec['images']>, 'requireDigest'>;
  readonly scheduler: Filled<NonNullable<EnvironmentSpec['scheduler']>>;
  readonly dragonfly: Filled<NonNullable<EnvironmentSpec['dragonfly']>>;
  readonly arrivals: NonNullable<EnvironmentSpec['arrivals']>;
};

export type FilledTeam = Having<TeamSpec, 'quota' | 'egress' | 'secretPrefixes' | 'submitters' | 'exports'>;
export type FilledProvider = With<Having<ProviderSpec, 'limits'>, 'breaker'>;
export type FilledToolServer = Having<ToolServerSpec, 'transport'>;
export type FilledSchedule = With<Having<ScheduleSpec, 'tz' | 'input' | 'labels' | 'overlap'>, 'catchUp'>;
