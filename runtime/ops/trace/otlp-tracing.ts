import { trace, type Tracer } from '@opentelemetry/api';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';

export interface TracingOptions {
  /** A collector that takes OTLP over gRPC: `http://collector:4317`. Nothing is traced without one. */
  readonly endpoint: string | undefined;
  readonly service: string;
  readonly version: string;
  readonly environment: string;
  /** This process among those of the service. */
  readonly instance: string;
  /** Of traces that begin here, 0 to 1; those that come in keep what their sender decided. */
  readonly share: number;
  /** Instead of the collector. */
  readonly processor?: SpanProcessor;
}

export interface Tracing {
  readonly tracer: Tracer;
  /** Whether there is somewhere to send to. */
  readonly isOn: boolean;
  /** Sends what is left; gives up after a few seconds. */
  close(): Promise<void>;
}

/** What the SDK holds back at most: some seconds of a busy scheduler. Beyond, spans are dropped and never waited for. */
const QUEUE = { maxQueueSize: 16_384, maxExportBatchSize: 2048, scheduledDelayMillis: 500, exportTimeoutMillis: 5000 };

/** The SDK is loaded only where there is somewhere to send to. */
export async function otlpTracing(options: TracingOptions): Promise<Tracing> {
  const { endpoint, service, version, environment, instance, share } = options;
  if (endpoint === undefined && options.processor === undefined) {
    return { tracer: trace.getTracer('none'), isOn: false, close: async () => undefined };
  }
  const { BasicTracerProvider, ParentBasedSampler, TraceIdRatioBasedSampler } =
    await import('@opentelemetry/sdk-trace-base');
  const { resourceFromAttributes } = await import('@opentelemetry/resources');
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({
      'service.name': service,
      'service.version': version,
      'service.instance.id': instance,
      'deployment.environment.name': environment,
    }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(share) }),
    spanLimits: { attributeValueLengthLimit: 512, attributeCountLimit: 32, linkCountLimit: 4 },
    spanProcessors: [options.processor ?? (await sending(endpoint))],
  });
  return {
    tracer: provider.getTracer('nova-torch', version),
    isOn: true,
    // A collector that is away must not keep a scheduler from ending.
    close: () => provider.shutdown().catch(() => undefined),
  };
}

async function sending(endpoint: string | undefined): Promise<SpanProcessor> {
  const { BatchSpanProcessor } = await import('@opentelemetry/sdk-trace-base');
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-grpc');
  const exporter = new OTLPTraceExporter({ timeoutMillis: 5000, ...(endpoint !== undefined && { url: endpoint }) });
  return new BatchSpanProcessor(exporter, QUEUE);
}
