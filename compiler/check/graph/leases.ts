import { formatDuration } from '../../../spec/contract/units.ts';
import { sure } from '../../../spec/contract/sure.ts';
import type { FleetModel } from '../../core/model.ts';
import { spanOf } from '../../core/origin.ts';
import { secretReads } from '../../core/secrets.ts';
import type { SecretRead } from '../../core/secrets.ts';
import type { Report } from '../../diagnostics/report.ts';

/** One place gives a fleet one lease. */
export function leases(fleet: FleetModel, report: Report): void {
  const firsts = new Map<string, SecretRead>();
  for (const read of secretReads(fleet)) {
    const first = firsts.get(read.place);
    if (first === undefined) firsts.set(read.place, read);
    else if (differenceOf(first, read) !== undefined) reportDifference(fleet, asWritten(first, read), report);
  }
}

function reportDifference(fleet: FleetModel, [early, late]: readonly [SecretRead, SecretRead], report: Report): void {
  const difference = sure(differenceOf(early, late), 'what differs in one order differs in the other');
  const related = [{ message: `\`${early.key}\` reads it too`, at: early.at }];
  report('NT2060', late.at, { path: late.place, fleet: fleet.id, difference }, { related });
}

/** Secrets come by their names; people read a file from its beginning. */
function asWritten(one: SecretRead, other: SecretRead): readonly [SecretRead, SecretRead] {
  const [here, there] = [spanOf(one.at), spanOf(other.at)];
  return here.file === there.file && here.start > there.start ? [other, one] : [one, other];
}

function differenceOf(first: SecretRead, read: SecretRead): string | undefined {
  if (first.lease?.ms !== read.lease?.ms)
    return `\`${first.key}\` has ${leaseText(first)} and \`${read.key}\` ${leaseText(read)}`;
  if (read.lease === undefined || first.mount === read.mount) return undefined;
  return `\`${first.key}\` is a ${mountText(first)} and \`${read.key}\` a ${mountText(read)}`;
}

function leaseText({ lease }: SecretRead): string {
  return lease === undefined ? 'none' : `one of ${formatDuration(lease.ms)}`;
}

function mountText({ mount }: SecretRead): string {
  return mount === 'file' ? 'file' : 'variable';
}
