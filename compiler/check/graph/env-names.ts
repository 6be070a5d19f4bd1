import type { FleetModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';

/** Names that change how a process is run, or that the compiler sets itself. */
const RESERVED =
  /^(LD_.*|NODE_OPTIONS|NODE_EXTRA_CA_CERTS|PATH|PYTHONPATH|BASH_ENV|ENV|AWS_.*|GOOGLE_APPLICATION_CREDENTIALS|KUBERNETES_.*|NOVA_TORCH_.*|FLAGD_.*|OTEL_.*|POD_NAME|HOSTNAME)$/;

/** Variables of an agent are its own: none takes over the process or says what the platform says, and none is set twice. */
export function envNames(fleet: FleetModel, report: Report): void {
  for (const [name, value] of Object.entries(fleet.agent.env)) {
    const at = () => fleet.from(['agent', 'env', name], 'key');
    if (RESERVED.test(name)) report('NT2040', at(), { name });
    if (/\$\([A-Za-z_]/.test(value)) report('NT2041', fleet.from(['agent', 'env', name]), { name });
    const secret = fleet.secrets.get(name);
    if (secret?.mount === 'env')
      report('NT2042', at(), { name }, { related: [{ message: 'the secret', at: secret.at }] });
  }
  for (const [name, secret] of fleet.secrets)
    if (secret.mount === 'env' && RESERVED.test(name)) report('NT2040', secret.at, { name });
}
