import { trace, type Tracer } from '@opentelemetry/api';
import type { SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace-base';

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
  /** How long the collector may take for what is sent at once. */
  readonly exportMs?: number;
  /** It has not taken what was sent, and why; or, without an error, it takes spans again. Told when that changes. */
  readonly onCollector?: (error: Error | undefined) => void;
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

/** For some seconds of spans. */
export const EXPORT_MS = 5000;

/** What the SDK holds back at most: some seconds of a busy scheduler. Beyond, spans are dropped and never waited for. */
const QUEUE = { maxQueueSize: 16_384, maxExportBatchSize: 2048, scheduledDelayMillis: 500 };

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
    spanProcessors: [options.processor ?? (await sending(options))],
  });
  return {
    tracer: provider.getTracer('nova-torch', version),
    isOn: true,
    // A collector that is away must not keep a scheduler from ending.
    close: () => provider.shutdown().catch(() => undefined),
  };
}

async function sending({ endpoint, exportMs = EXPORT_MS, onCollector }: TracingOptions): Promise<SpanProcessor> {
  const { BatchSpanProcessor } = await import('@opentelemetry/sdk-trace-base');
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-grpc');
  const exporter = new OTLPTraceExporter({ timeoutMillis: exportMs, ...(endpoint !== undefined && { url: endpoint }) });
  return new BatchSpanProcessor(heard(exporter, onCollector), { ...QUEUE, exportTimeoutMillis: exportMs });
}

/** The SDK drops what is not taken, and tells nobody. */
function heard(exporter: SpanExporter, tell: TracingOptions['onCollector']): SpanExporter {
  let isLost = false;
  return {
    shutdown: () => exporter.shutdown(),
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        const code: number = result.code;
        const error = code === 0 ? undefined : (result.error ?? new Error('it gave no reason'));
        if ((error !== undefined) !== isLost) tell?.(error);
        isLost = error !== undefined;
        done(result);
      }),
  };
}
