import { anything, core, integer, list, mapOf, object, oneOf, text, texts, yes } from '../own-schema.ts';
import type { OwnKind } from '../own-schema.ts';

/** The operator of OpenFeature; a flag’s targeting is proven by flagd’s own code, not here. */
export const openFeature: readonly OwnKind[] = [
  {
    apiVersion: 'core.openfeature.dev/v1beta1',
    kind: 'FeatureFlag',
    spec: object({
      flagSpec: object({
        metadata: anything,
        $evaluators: anything,
        'flags!': mapOf(
          object({
            'defaultVariant!': text,
            'state!': oneOf('ENABLED', 'DISABLED'),
            targeting: anything,
            'variants!': anything,
          }),
        ),
      }),
    }),
    required: true,
  },
  {
    apiVersion: 'core.openfeature.dev/v1beta1',
    kind: 'FeatureFlagSource',
    spec: object({
      debugLogging: yes,
      defaultSyncProvider: text,
      envVarPrefix: text,
      envVars: list(core('v1.EnvVar')),
      evaluator: text,
      logFormat: text,
      managementPort: integer,
      otelCollectorUri: text,
      port: integer,
      probesEnabled: yes,
      resources: core('v1.ResourceRequirements'),
      rolloutOnChange: yes,
      socketPath: text,
      'sources!': list(
        object({
          certPath: text,
          httpSyncBearerToken: text,
          interval: integer,
          provider: text,
          providerID: text,
          selector: text,
          'source!': text,
          tls: yes,
        }),
      ),
      syncProviderArgs: texts,
    }),
    required: true,
  },
];
