import type { K8s } from '../k8s.ts';
import type { Endpoint, FleetModel, ProviderFacts, ToolServerFacts } from '../../core/model.ts';
import { FLAGS_FILE, IDENTITY_FILE, namespaces, paths, ports, services } from '../../core/names.ts';
import { credentialFile, deliveredSecrets } from '../../core/secrets.ts';
import { trace } from '../../core/trace.ts';
import type { FleetContext } from '../../core/fleet-context.ts';

/** What an agent is told: who it is, where the platform is, and its own variables. Sorted by name in each part. */
export function variablesOf(context: FleetContext): K8s.EnvVar[] {
  const { fleet, from } = context;
  const { agent } = fleet;
  const given: Readonly<Record<string, string>> = {
    ...flagsOf(context),
    NOVA_TORCH_BUILD: from(agent.build, 'agent', 'build'),
    NOVA_TORCH_DELIVERY: from(agent.delivery, 'agent', 'delivery'),
    NOVA_TORCH_ENVIRONMENT: fleet.environment.name,
    NOVA_TORCH_FLEET: from(fleet.id),
    NOVA_TORCH_HTTP_PORT: from(String(agent.ports.http), 'agent', 'ports', 'http'),
    NOVA_TORCH_LOG_LEVEL: from(fleet.observe.logs, 'observe', 'logs'),
    NOVA_TORCH_SCHEDULER_URL: `http://${services.scheduler}.${namespaces.system}.svc:${ports.scheduler}`,
    NOVA_TORCH_SLOTS: from(String(agent.slots), 'agent', 'slots'),
    ...(showsToken(fleet) && { NOVA_TORCH_TOKEN_FILE: `${paths.identity}/${IDENTITY_FILE}` }),
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://otel-gateway-collector.${namespaces.observability}.svc:${ports.otlp}`,
    OTEL_SERVICE_NAME: from(fleet.name),
    ...usesOf(context),
  };
  const secrets = deliveredSecrets(fleet).filter(({ mount }) => mount === 'env');
  return [
    { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    ...Object.entries(given).map(([name, value]) => ({ name, value })),
    {
      name: 'OTEL_RESOURCE_ATTRIBUTES',
      value: `service.namespace=${fleet.namespace},deployment.environment.name=${fleet.environment.name},service.instance.id=$(POD_NAME)`,
    },
    ...Object.entries(agent.env).map(([name, value]) => ({ name, value: from(escaped(value), 'agent', 'env', name) })),
    ...secrets.flatMap(({ name, keys }) =>
      keys.map(({ key, at }) => ({ name: key, valueFrom: { secretKeyRef: { name, key: trace(key, at) } } })),
    ),
  ];
}

/** In ambient mode no proxy beside the scheduler tells it who calls: the agent shows a token. */
export function showsToken({ environment }: FleetModel): boolean {
  return environment.mesh === 'ambient';
}

/** Where the flagd provider of OpenFeature finds the flags: in a file, so that it needs no server and answers while an agent drains. */
function flagsOf({ fleet, from }: FleetContext): Record<string, string> {
  if (fleet.flags.size === 0) return {};
  return {
    FLAGD_OFFLINE_FLAG_SOURCE_PATH: from(`${paths.flags}/${FLAGS_FILE}`, 'flags'),
    FLAGD_RESOLVER: 'in-process',
  };
}

/** Providers and tool servers, as JSON: where they are, what may be asked of them and which file holds the credential. */
function usesOf({ fleet, from }: FleetContext): Record<string, string> {
  const providers = fleet.providers.map(({ facts }) => ({
    name: facts.name,
    url: urlOf(facts.endpoint),
    ...credentialOf('providers', facts),
  }));
  const tools = [...fleet.tools].map(([name, { facts, allow }]) => ({
    name,
    url: urlOf(facts.endpoint),
    transport: facts.transport,
    allow,
    ...credentialOf('tools', facts),
  }));
  return {
    ...(providers.length === 0 ? {} : { NOVA_TORCH_PROVIDERS: from(JSON.stringify(providers), 'providers') }),
    ...(tools.length === 0 ? {} : { NOVA_TORCH_TOOLS: from(JSON.stringify(tools), 'tools') }),
  };
}

function credentialOf(kind: 'providers' | 'tools', { name, secret }: ProviderFacts | ToolServerFacts) {
  return secret === undefined ? {} : { credential: `${paths.secrets}/${credentialFile(kind, name)}` };
}

function urlOf({ host, port, tls, path }: Endpoint): string {
  const usual = tls ? 443 : 80;
  return `${tls ? 'https' : 'http'}://${host}${port === usual ? '' : `:${port}`}${path === '/' ? '' : path}`;
}

/** Kubernetes replaces `$(NAME)` in arguments and variables; doubled, it stays what it is. */
export function escaped(text: string): string {
  return text.replaceAll('$(', '$$$$(');
}
