import { createHash } from 'node:crypto';
import { k8s } from '../k8s.ts';
import type { K8s } from '../k8s.ts';
import { formatCpu, formatSize } from '../../../spec/contract/units.ts';
import {
  AGENT_PRIORITY,
  IDENTITY_AUDIENCE,
  IDENTITY_FILE,
  LABEL_PREFIX,
  flagsName,
  labelValue,
  labels,
  paths,
} from '../../core/names.ts';
import { deliveredSecrets } from '../../core/secrets.ts';
import { proxyAnnotations } from './proxy.ts';
import type { FleetContext } from '../../core/fleet-context.ts';
import type { DeliveredSecret } from '../../core/secrets.ts';
import { trace } from '../../core/trace.ts';
import { escaped, showsToken, variablesOf } from './variables.ts';

/** Name of the ConfigMap with the prompt. */
export function promptName(fleet: string): string {
  return `${fleet}-prompt`;
}

/** The prompt inside of it, and in the agent's folder. */
export const PROMPT_FILE = 'prompt.md';

/** Seconds between the end of draining and the kill: the agent hands back what it could not finish. */
const GRACE_SECONDS = 30;

/** The pod of a fleet. Whoever runs it (a Deployment, a StatefulSet, a Rollout) takes it as it is. */
export function podTemplate(context: FleetContext, spread: K8s.TopologySpreadConstraint[]): K8s.PodTemplateSpec {
  const { fleet, from } = context;
  const { agent, rollout } = fleet;
  return {
    metadata: {
      labels: { ...context.labels, [labels.version]: from(labelValue(agent.build), 'agent', 'build') },
      annotations: podAnnotations(context),
    },
    spec: {
      serviceAccountName: from(fleet.name),
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      priorityClassName: AGENT_PRIORITY,
      terminationGracePeriodSeconds: from(Math.ceil(rollout.drainMs / 1000) + GRACE_SECONDS, 'rollout', 'drain'),
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 10001,
        runAsGroup: 10001,
        fsGroup: 10001,
        fsGroupChangePolicy: 'OnRootMismatch',
        seccompProfile: { type: 'RuntimeDefault' },
      },
      topologySpreadConstraints: spread,
      containers: [containerOf(context)],
      volumes: volumesOf(context),
    },
  };
}

/** The proxy serves the agent's metrics with its own; a change of the prompt starts new pods. */
function podAnnotations({ fleet, from }: FleetContext): Record<string, string> {
  const { ports, prompt } = fleet.agent;
  return {
    ...proxyAnnotations(fleet),
    'prometheus.io/scrape': 'true',
    'prometheus.io/port': from(String(ports.metrics), 'agent', 'ports', 'metrics'),
    'prometheus.io/path': '/metrics',
    ...(prompt === undefined
      ? {}
      : { [`${LABEL_PREFIX}/prompt-sha256`]: from(sha256(prompt.text), 'agent', 'prompt') }),
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function containerOf(context: FleetContext): K8s.Container {
  const { fleet, from } = context;
  const { agent } = fleet;
  return {
    name: 'agent',
    image: from(agent.image, 'agent', 'image'),
    imagePullPolicy: 'IfNotPresent',
    ...(agent.args.length === 0
      ? {}
      : { args: agent.args.map((text, index) => from(escaped(text), 'agent', 'args', index)) }),
    ports: [
      { name: 'http', containerPort: from(agent.ports.http, 'agent', 'ports', 'http'), protocol: 'TCP' },
      { name: 'http-metrics', containerPort: from(agent.ports.metrics, 'agent', 'ports', 'metrics'), protocol: 'TCP' },
    ],
    env: variablesOf(context),
    volumeMounts: mountsOf(context),
    startupProbe: { ...probe('/healthz/startup'), periodSeconds: 2, failureThreshold: 60 },
    readinessProbe: { ...probe('/healthz/ready'), periodSeconds: 5, timeoutSeconds: 2, failureThreshold: 2 },
    livenessProbe: { ...probe('/healthz/live'), periodSeconds: 10, timeoutSeconds: 2, failureThreshold: 3 },
    lifecycle: { preStop: probe('/drain') },
    resources: resourcesOf(context),
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
  };
}

function probe(path: string): { httpGet: K8s.HttpGetAction } {
  return { httpGet: { path, port: k8s.IntOrString.fromString('http') } };
}

function resourcesOf({ fleet, from }: FleetContext): K8s.ResourceRequirements {
  const { cpuMillis, memoryBytes, ephemeralBytes } = fleet.agent.resources;
  const at = (text: string, name: string) => k8s.Quantity.fromString(from(text, 'agent', 'resources', name));
  const held = {
    memory: at(formatSize(memoryBytes), 'memory'),
    'ephemeral-storage': at(formatSize(ephemeralBytes), 'ephemeral'),
  };
  return { requests: { cpu: at(formatCpu(cpuMillis), 'cpu'), ...held }, limits: held };
}

function mountsOf({ fleet, from }: FleetContext): K8s.VolumeMount[] {
  const { memory, agent } = fleet;
  const hasFiles = deliveredSecrets(fleet).some(({ mount }) => mount === 'file');
  return [
    { name: 'tmp', mountPath: paths.temporary },
    ...(showsToken(fleet) ? [{ name: 'identity', mountPath: paths.identity, readOnly: true }] : []),
    ...(hasFiles ? [{ name: 'secrets', mountPath: paths.secrets, readOnly: true }] : []),
    // By `subPath`, so that it stays as it was when the pod began: agents of the old version keep the old prompt.
    ...(agent.prompt === undefined
      ? []
      : [{ name: 'prompt', mountPath: `${paths.prompt}/${PROMPT_FILE}`, subPath: PROMPT_FILE, readOnly: true }]),
    // The whole folder, never `subPath`: a change of the flags reaches agents that run.
    ...(fleet.flags.size === 0 ? [] : [{ name: 'flags', mountPath: from(paths.flags, 'flags'), readOnly: true }]),
    ...(memory === undefined ? [] : [{ name: 'memory', mountPath: from(memory.path, 'memory', 'path') }]),
  ];
}

function volumesOf({ fleet, from }: FleetContext): K8s.Volume[] {
  const { agent } = fleet;
  const files = deliveredSecrets(fleet).filter(({ mount }) => mount === 'file');
  const sizeLimit = from(formatSize(Math.floor(agent.resources.ephemeralBytes / 2)), 'agent', 'resources', 'ephemeral');
  return [
    { name: 'tmp', emptyDir: { sizeLimit: k8s.Quantity.fromString(sizeLimit) } },
    ...(showsToken(fleet) ? [identityVolume()] : []),
    ...(files.length === 0 ? [] : [secretsVolume(files)]),
    ...(agent.prompt === undefined
      ? []
      : [{ name: 'prompt', configMap: { name: from(promptName(fleet.name), 'agent', 'prompt') } }]),
    ...(fleet.flags.size === 0 ? [] : [{ name: 'flags', configMap: { name: from(flagsName(fleet.name), 'flags') } }]),
  ];
}

/** A token for the scheduler and nobody else, which the cluster renews. */
function identityVolume(): K8s.Volume {
  const token = { path: IDENTITY_FILE, audience: IDENTITY_AUDIENCE, expirationSeconds: 3600 };
  return { name: 'identity', projected: { defaultMode: 0o440, sources: [{ serviceAccountToken: token }] } };
}

/** All files in one folder, whichever Secrets they come from. Whole Secrets, never `subPath`: those are not renewed. */
function secretsVolume(files: readonly DeliveredSecret[]): K8s.Volume {
  const sources = files.map(({ name, keys }) => ({
    secret: {
      name,
      items: keys.map(({ key, file, at }) => ({ key: trace(key, at), path: trace(file, at) })),
    },
  }));
  return { name: 'secrets', projected: { defaultMode: 0o440, sources } };
}
