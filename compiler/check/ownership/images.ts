import type { FleetModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';
import type { Surroundings } from '../fleet-check.ts';

/** Images come from allowed registries and mean the same tomorrow as today. */
export function images(fleet: FleetModel, report: Report, { environment }: Surroundings): void {
  checkRegistry(environment, fleet, report);
  checkPinned(environment, fleet, report);
}

function checkRegistry({ facts, from }: Surroundings['environment'], fleet: FleetModel, report: Report): void {
  const { image } = fleet.agent;
  const { registries } = facts;
  if (registries === undefined || registries.some((registry) => image.startsWith(`${registry}/`))) return;
  const related = [{ message: `\`${facts.name}\` allows these`, at: from(['images', 'registries'], 'key') }];
  const params = { image: image.replace(/@.*/, ''), environments: `\`${facts.name}\`` };
  report('NT4006', fleet.from(['agent', 'image']), params, { related });
}

function checkPinned({ facts, from }: Surroundings['environment'], fleet: FleetModel, report: Report): void {
  const { image } = fleet.agent;
  if (image.includes('@sha256:')) return;
  const at = fleet.from(['agent', 'image']);
  if (facts.requireDigest) {
    const related = [{ message: `\`${facts.name}\` requires it`, at: from(['images', 'requireDigest'], 'key') }];
    report('NT4007', at, { image, environments: `\`${facts.name}\`` }, { related });
    return;
  }
  const tag = /:([^/]+)$/.exec(image)?.[1];
  if (tag === undefined || tag === 'latest') report('NT4008', at, { image });
}
