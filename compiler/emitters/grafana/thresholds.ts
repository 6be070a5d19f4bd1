import { ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';
import type { ThresholdsConfig } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Limits } from './dashboard.ts';

/** Limits as Grafana takes them. The base step has no value: it holds from minus infinity. */
export function thresholdsOf({ base, steps }: Limits): ThresholdsConfig {
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([{ color: base, value: null }, ...steps.map(({ from, colour }) => ({ color: colour, value: from }))])
    .build();
}
