import {
  anything,
  claimTemplate,
  core,
  intOrText,
  integer,
  labelSelector,
  list,
  metadata,
  object,
  oneOf,
  text,
  texts,
  yes,
} from '../own-schema.ts';
import type { OwnKind } from '../own-schema.ts';

const elasticsearchRef = object({ name: text, namespace: text, secretName: text, serviceName: text });

const podTemplate = core('v1.PodTemplateSpec');

/** Settings of a node: Elasticsearch itself refuses names it does not know; these are the ones we set or would allow. */
const nodeSettings = object({
  'node.roles': texts,
  'node.store.allow_mmap': yes,
  'node.attr.zone': text,
  'indices.memory.index_buffer_size': text,
  'xpack.security.audit.enabled': yes,
  'xpack.monitoring.collection.enabled': yes,
});

/** Elastic Cloud on Kubernetes. */
export const elastic: readonly OwnKind[] = [
  {
    apiVersion: 'elasticsearch.k8s.elastic.co/v1',
    kind: 'Elasticsearch',
    spec: object({
      auth: object({
        disableElasticUser: yes,
        fileRealm: list(object({ secretName: text })),
        roles: list(object({ secretName: text })),
      }),
      http: object({
        service: object({ metadata: metadata, spec: core('v1.ServiceSpec') }),
        tls: object({
          certificate: object({ secretName: text }),
          selfSignedCertificate: object({ disabled: yes, subjectAltNames: list(object({ dns: text, ip: text })) }),
        }),
      }),
      image: text,
      monitoring: object({
        logs: object({ elasticsearchRefs: list(elasticsearchRef) }),
        metrics: object({ elasticsearchRefs: list(elasticsearchRef) }),
      }),
      'nodeSets!': list(
        object({
          config: nodeSettings,
          count: integer,
          'name!': text,
          podTemplate,
          volumeClaimTemplates: list(claimTemplate),
        }),
      ),
      podDisruptionBudget: object({
        metadata: metadata,
        spec: object({
          maxUnavailable: intOrText,
          minAvailable: intOrText,
          selector: labelSelector,
          unhealthyPodEvictionPolicy: text,
        }),
      }),
      remoteClusters: list(
        object({ elasticsearchRef: object({ name: text, namespace: text, serviceName: text }), 'name!': text }),
      ),
      revisionHistoryLimit: integer,
      secureSettings: list(object({ entries: list(object({ 'key!': text, path: text })), 'secretName!': text })),
      serviceAccountName: text,
      transport: object({
        service: object({ metadata: metadata, spec: core('v1.ServiceSpec') }),
        tls: object({
          certificate: object({ secretName: text }),
          certificateAuthorities: object({ configMapName: text }),
          otherNameSuffix: text,
          subjectAltNames: list(object({ dns: text, ip: text })),
        }),
      }),
      updateStrategy: object({ changeBudget: object({ maxSurge: integer, maxUnavailable: integer }) }),
      'version!': text,
      volumeClaimDeletePolicy: oneOf('DeleteOnScaledownOnly', 'DeleteOnScaledownAndClusterDeletion'),
    }),
    required: true,
  },
  {
    apiVersion: 'kibana.k8s.elastic.co/v1',
    kind: 'Kibana',
    spec: object({
      config: anything,
      count: integer,
      elasticsearchRef: elasticsearchRef,
      enterpriseSearchRef: elasticsearchRef,
      http: object({
        service: object({ metadata: metadata, spec: core('v1.ServiceSpec') }),
        tls: object({
          certificate: object({ secretName: text }),
          selfSignedCertificate: object({ disabled: yes, subjectAltNames: list(object({ dns: text, ip: text })) }),
        }),
      }),
      image: text,
      monitoring: object({
        logs: object({ elasticsearchRefs: list(elasticsearchRef) }),
        metrics: object({ elasticsearchRefs: list(elasticsearchRef) }),
      }),
      podTemplate,
      revisionHistoryLimit: integer,
      secureSettings: list(object({ entries: list(object({ 'key!': text, path: text })), 'secretName!': text })),
      serviceAccountName: text,
      'version!': text,
    }),
    required: true,
  },
];
