/**
 * Why agents may not be let out to a host, as a clause; nothing for a name of the outside world. A pattern (`*.acme.example`)
 * is judged by what stands behind its `*.`.
 */
export function insideReason(host: string): string | undefined {
  const name = host.replace(/^\*\./, '').replace(/\.$/, '').toLowerCase();
  if (METADATA.has(name)) return 'it is where a cloud gives the credentials of the node to whoever asks';
  if (isAddress(name)) return 'it is an address: no certificate names it, and nobody knows whose it is tomorrow';
  if (isBelow(name, LOCAL)) return 'it is a name of the machine itself or of its network';
  if (isBelow(name, CLUSTER)) return 'it is a name of the cluster, where `talksTo`, `tools` and `providers` lead';
  return undefined;
}

const METADATA = new Set([
  '169.254.169.254',
  '169.254.170.2',
  '100.100.100.200',
  'metadata.google.internal',
  'metadata.goog',
  'metadata.azure.internal',
  'metadata.platformequinix.com',
  'instance-data.ec2.internal',
]);
const LOCAL = ['localhost', 'localdomain', 'local', 'home.arpa', 'in-addr.arpa', 'ip6.arpa'];
const CLUSTER = ['cluster.local', 'svc', 'pod', 'default.svc'];

function isBelow(name: string, domains: readonly string[]): boolean {
  const found = domains.find((domain) => name === domain || name.endsWith(`.${domain}`));
  return found !== undefined && !(found === 'local' && name.endsWith('cluster.local'));
}

/**
 * Whether readers of addresses take it for one: each of `10.0.0.1`, `0xa.1`, `012.1` and `167772161` is the same, by its last
 * part. No domain of the world ends in a number.
 */
function isAddress(name: string): boolean {
  return name.includes(':') || /(^|\.)(0x[0-9a-f]*|[0-9]+)$/.test(name);
}
