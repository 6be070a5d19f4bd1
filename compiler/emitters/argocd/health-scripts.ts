/** Finds a condition. One that speaks of an older generation says nothing of this one. */
const CONDITION = `local function condition(kind)
  if obj.status == nil or obj.status.conditions == nil then return nil end
  for _, found in ipairs(obj.status.conditions) do
    local current = found.observedGeneration == nil or found.observedGeneration == obj.metadata.generation
    if found.type == kind and current then return found end
  end
  return nil
end
`;

/**
 * How Argo CD tells whether an object is well, for kinds that it does not know itself: `group_Kind` -> Lua. Without one such an
 * object counts as healthy at once, and a wave does not wait for it.
 *
 * Argo CD gives a script nothing of Lua's libraries but the base, `table` and a part of `os`, and runs version 5.1. So there is
 * no `string`, no `math` and no goto here.
 */
export const HEALTH_SCRIPTS: Readonly<Record<string, string>> = {
  // An application is as well as what it applies: this is what makes one wait for another.
  'argoproj.io_Application': `local health = obj.status ~= nil and obj.status.health or nil
if health == nil or health.status == nil then
  return { status = "Progressing", message = "Waiting for its first sync" }
end
return { status = health.status, message = health.message or "" }
`,
  'dragonflydb.io_Dragonfly': `local phase = obj.status ~= nil and obj.status.phase or nil
if phase == "Ready" or phase == "ready" then
  if obj.status.isRollingUpdate then
    return { status = "Progressing", message = "A new version is rolled out" }
  end
  return { status = "Healthy", message = "A master and its replicas are ready" }
end
return { status = "Progressing", message = "Phase " .. (phase or "unknown") }
`,
  // An experiment that waits is well: nobody asked it to run.
  'litmuschaos.io_ChaosEngine': `if obj.status ~= nil and obj.status.experiments ~= nil then
  for _, experiment in ipairs(obj.status.experiments) do
    if experiment.verdict == "Fail" or experiment.verdict == "Error" then
      return { status = "Degraded", message = "The last run of " .. (experiment.name or "an experiment") .. " failed" }
    end
  end
end
if obj.spec.engineState == "active" then
  return { status = "Healthy", message = "Running" }
end
return { status = "Healthy", message = "Waits until somebody starts it" }
`,
  ...each('monitoring.coreos.com', ['AlertmanagerConfig', 'PodMonitor', 'PrometheusRule'], bindings()),
  ...each('networking.istio.io', ['DestinationRule', 'Gateway', 'ServiceEntry', 'Sidecar', 'VirtualService'], mesh()),
  ...each('redhatcop.redhat.io', ['KubernetesAuthEngineRole', 'Policy'], reconciled()),
  ...each('secrets.hashicorp.com', ['VaultAuth', 'VaultConnection'], valid()),
  ...each('secrets.hashicorp.com', ['VaultDynamicSecret', 'VaultStaticSecret'], synced()),
  ...each('security.istio.io', ['AuthorizationPolicy', 'PeerAuthentication'], mesh()),
  ...each('telemetry.istio.io', ['Telemetry'], mesh()),
};

function each(group: string, kinds: readonly string[], script: string): Record<string, string> {
  return Object.fromEntries(kinds.map((kind) => [`${group}_${kind}`, script]));
}

/** Objects of the mesh have a status only where the mesh is told to write one; without it they are as well as can be told. */
function mesh(): string {
  return `if obj.status ~= nil and obj.status.validationMessages ~= nil then
  for _, message in ipairs(obj.status.validationMessages) do
    if message.level == "ERROR" then
      return { status = "Degraded", message = message.documentationUrl or "The mesh refuses it" }
    end
  end
end
${CONDITION}local reconciled = condition("Reconciled")
if reconciled ~= nil and reconciled.status ~= "True" then
  return { status = "Progressing", message = reconciled.message or "Not all proxies have it yet" }
end
return { status = "Healthy", message = "" }
`;
}

/** Written into the secrets server. */
function reconciled(): string {
  return `${CONDITION}local failed = condition("ReconcileFailed")
if failed ~= nil and failed.status == "True" then
  return { status = "Degraded", message = failed.message or "The secrets server refuses it" }
end
local done = condition("ReconcileSuccessful")
if done ~= nil and done.status == "True" then
  return { status = "Healthy", message = "" }
end
return { status = "Progressing", message = "Waiting to be written into the secrets server" }
`;
}

/** The secrets operator can reach the server, and log in. Older versions of it say \`valid\` alone. */
function valid(): string {
  return `${CONDITION}local ready = condition("Ready")
local valid = obj.status ~= nil and obj.status.valid or nil
if ready ~= nil then valid = ready.status == "True" end
if obj.status ~= nil and ready == nil and obj.status.valid == false then valid = false end
if valid == nil then
  return { status = "Progressing", message = "Waiting for the secrets operator" }
end
if valid then
  return { status = "Healthy", message = "" }
end
local why = obj.status.error
if why == nil or why == "" then why = ready ~= nil and ready.message or "The secrets server refuses it" end
return { status = "Degraded", message = why }
`;
}

/** The secret was brought. Older versions of the operator only note the generation for which they last did. */
function synced(): string {
  return `${CONDITION}local ready = condition("Ready")
if ready == nil then ready = condition("SecretSynced") end
if ready ~= nil then
  if ready.status == "True" then return { status = "Healthy", message = "" } end
  if ready.status == "False" then return { status = "Degraded", message = ready.message or "The secret was not brought" } end
  return { status = "Progressing", message = ready.message or "" }
end
if obj.status ~= nil and obj.status.lastGeneration == obj.metadata.generation then
  return { status = "Healthy", message = "" }
end
return { status = "Progressing", message = "Waiting for the secret" }
`;
}

/** Read by every Prometheus that selects it. Older operators write no status. */
function bindings(): string {
  return `if obj.status ~= nil and obj.status.bindings ~= nil then
  for _, binding in ipairs(obj.status.bindings) do
    for _, found in ipairs(binding.conditions or {}) do
      if found.type == "Accepted" and found.status == "False" then
        return { status = "Degraded", message = found.message or "Prometheus refuses it" }
      end
    end
  end
end
return { status = "Healthy", message = "" }
`;
}

/** Kinds of ours that say nothing about themselves: there is nothing to ask them. Their pods are asked instead. */
export const WITHOUT_STATUS: readonly string[] = [
  'fluentbit.fluent.io_ClusterFilter',
  'fluentbit.fluent.io_ClusterFluentBitConfig',
  'fluentbit.fluent.io_ClusterInput',
  'fluentbit.fluent.io_ClusterOutput',
  'fluentbit.fluent.io_FluentBit',
  'litmuschaos.io_ChaosExperiment',
];

/** Kinds of others that Argo CD 3.5 asks itself. */
export const KNOWN_TO_ARGOCD: readonly string[] = [
  'argoproj.io_AnalysisRun',
  'argoproj.io_AnalysisTemplate',
  'argoproj.io_AppProject',
  'argoproj.io_ApplicationSet',
  'argoproj.io_Rollout',
  'elasticsearch.k8s.elastic.co_Elasticsearch',
  'external-secrets.io_ExternalSecret',
  'external-secrets.io_SecretStore',
  'gateway.networking.k8s.io_Gateway',
  'gateway.networking.k8s.io_HTTPRoute',
  'grafana.integreatly.org_GrafanaDashboard',
  'keda.sh_ScaledObject',
  'opentelemetry.io_OpenTelemetryCollector',
];
