import { addPodMonitor, type Scraped } from '../../cdk8s/pod-monitor.ts';
import type { Add } from '../../cdk8s/synthesize.ts';
import type { Metadata } from '../../core/fleet-context.ts';
import type { PlatformContext } from '../../core/platform-context.ts';

/** How a part of telemetry is scraped: who watches the others is watched too. Nothing where the environment has no Prometheus. */
export function addTelemetryMonitor(
  add: Add,
  { environment: { facts } }: PlatformContext,
  metadata: Metadata,
  scraped: Scraped,
): void {
  if (facts.observability !== undefined) addPodMonitor(add, metadata, facts.mesh, scraped);
}

/** Leads the sidecar's merged port to a pod's own metrics. */
export function scrapeAnnotations(port: number, path = '/metrics'): Readonly<Record<string, string>> {
  return { 'prometheus.io/scrape': 'true', 'prometheus.io/port': String(port), 'prometheus.io/path': path };
}
