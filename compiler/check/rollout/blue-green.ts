import type { EnvironmentModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';

/** Blue-green runs two full sets of agents; volumes belong to one. */
export function blueGreen(environment: EnvironmentModel, report: Report): void {
  for (const fleet of environment.fleets.values()) {
    if (fleet.rollout.strategy !== 'blue-green' || fleet.memory === undefined) continue;
    report(
      'NT2545',
      fleet.from(['rollout', 'strategy']),
      { fleet: fleet.id },
      {
        related: [{ message: 'its memory', at: fleet.from(['memory'], 'key') }],
      },
    );
  }
}
