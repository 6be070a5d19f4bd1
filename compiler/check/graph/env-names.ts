import { isSecretVariable } from '../../diagnostics/secret-shapes.ts';
import type { FleetModel } from '../../core/model.ts';
import type { Origin } from '../../core/origin.ts';
import type { Report } from '../../diagnostics/report.ts';
import { reservedReason } from './reserved-variables.ts';

/**
 * Variables of an agent are its own: none takes over the process or says what the platform says, none is set twice, and
 * none holds a secret that everybody who may look at a pod can read.
 */
export function envNames(fleet: FleetModel, report: Report): void {
  for (const [name, value] of Object.entries(fleet.agent.env)) {
    const at = () => fleet.from(['agent', 'env', name], 'key');
    checkReserved(name, at, report);
    if (isSecretVariable(name, value)) report('NT2063', at(), { name }, { notes: [instead(name)] });
    if (/\$\([A-Za-z_]/.test(value)) report('NT2041', fleet.from(['agent', 'env', name]), { name });
    const secret = fleet.secrets.get(name);
    if (secret?.mount === 'env')
      report('NT2042', at(), { name }, { related: [{ message: 'the secret', at: secret.at }] });
  }
  for (const [name, secret] of fleet.secrets) if (secret.mount === 'env') checkReserved(name, () => secret.at, report);
}

function checkReserved(name: string, at: () => Origin, report: Report): void {
  const reason = reservedReason(name);
  if (reason !== undefined) report('NT2040', at(), { name, reason });
}

function instead(name: string): string {
  return `write \`secrets: { ${name}: { path: <mount>/<team>/<secret>, field: <field>, mount: env } }\` of the fleet instead, and change the value: it was in a file`;
}
