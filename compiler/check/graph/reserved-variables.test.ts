import { expect, test } from 'vitest';
import { reservedReason } from './reserved-variables.ts';

test.each([
  [
    'it loads code',
    'LD_PRELOAD LD_LIBRARY_PATH NODE_OPTIONS NODE_PATH PYTHONPATH PYTHONSTARTUP JAVA_TOOL_OPTIONS RUBYOPT',
  ],
  ['it loads code', '_JAVA_OPTIONS PERL5OPT DOTNET_STARTUP_HOOKS CORECLR_PROFILER_PATH OPENSSL_CONF GLIBC_TUNABLES'],
  ['it chooses which programs run', 'PATH BASH_ENV ENV GIT_SSH_COMMAND GIT_CONFIG_COUNT PROMPT_COMMAND'],
  ['it decides whom', 'NODE_TLS_REJECT_UNAUTHORIZED NODE_EXTRA_CA_CERTS SSL_CERT_FILE SSL_CERT_DIR REQUESTS_CA_BUNDLE'],
  ['it leads calls past', 'HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY HOSTALIASES'],
  ['the platform sets it', 'AWS_ROLE_ARN KUBERNETES_SERVICE_HOST NOVA_TORCH_URL OTEL_EXPORTER_OTLP_ENDPOINT HOSTNAME'],
])('%s: %s', (reason, names) => {
  for (const name of names.split(' '))
    expect([name, reservedReason(name)]).toEqual([name, expect.stringContaining(reason)]);
});

test("an agent's own settings are its own, those of its language included", () => {
  const own = [
    'LOG_LEVEL',
    'NODE_ENV',
    'PYTHONUNBUFFERED',
    'TZ',
    'HOME',
    'TMPDIR',
    'PORT',
    'PROXY_MODE',
    'GOMAXPROCS',
    'PATHS',
  ];
  expect(own.filter((name) => reservedReason(name) !== undefined)).toEqual([]);
});
