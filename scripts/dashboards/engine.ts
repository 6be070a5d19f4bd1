import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** One series over time. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** Seconds since 1970 and value, ascending. */
  readonly points: readonly (readonly [number, number])[];
}

export interface Range {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

/** A Prometheus of its own over sample data, on the loopback: the queries of panels run in the engine that will run them. */
export class Engine {
  readonly #folder = mkdtempSync(join(tmpdir(), 'nova-torch-dashboards-'));
  #server: ChildProcess | undefined;
  #url = '';

  /** Adds series and starts again: blocks are found when a server starts. */
  async add(series: readonly Series[]): Promise<void> {
    await this.#stop();
    const file = join(this.#folder, 'samples.txt');
    writeFileSync(file, openMetrics(series));
    const data = join(this.#folder, 'data');
    const load = ['tsdb', 'create-blocks-from', '--max-block-duration=744h', 'openmetrics', file, data];
    execFileSync('promtool', load, { stdio: ['ignore', 'ignore', 'inherit'] });
    await this.#start(data);
  }

  async range(query: string, { from, to, step }: Range): Promise<readonly Series[]> {
    const words = new URLSearchParams({ query, start: String(from), end: String(to), step: String(step) });
    const answer = await fetch(`${this.#url}/api/v1/query_range`, { method: 'POST', body: words });
    const { status, error, data } = (await answer.json()) as Answer;
    if (status !== 'success') throw new Error(`${query}: ${error ?? 'no answer'}`);
    return data.result.map(({ metric, values }) => ({
      labels: metric,
      points: values.map(([at, value]) => [at, Number(value)] as const).filter(([, value]) => Number.isFinite(value)),
    }));
  }

  async close(): Promise<void> {
    await this.#stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #start(data: string): Promise<void> {
    const port = await freePort();
    const config = join(this.#folder, 'prometheus.yml');
    writeFileSync(config, '{}\n');
    this.#url = `http://127.0.0.1:${port}`;
    this.#server = spawn(
      'prometheus',
      [
        `--config.file=${config}`,
        `--storage.tsdb.path=${data}`,
        '--storage.tsdb.retention.time=100y',
        `--web.listen-address=127.0.0.1:${port}`,
        '--log.level=error',
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    for (let tries = 0; tries < 200; tries++) {
      const ready = await fetch(`${this.#url}/-/ready`).catch(() => undefined);
      if (ready?.ok === true) return;
      await wait(50);
    }
    throw new Error('Prometheus did not become ready within 10 s');
  }

  async #stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const gone = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    await gone;
  }
}

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly values: readonly (readonly [number, string])[];
    }[];
  };
}

function openMetrics(series: readonly Series[]): string {
  const lines = series.flatMap(({ labels: { __name__: name = '', ...labels }, points }) => {
    const inside = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
    return points.map(([at, value]) => `${name}{${inside.join(',')}} ${value} ${at}`);
  });
  return `${lines.join('\n')}\n# EOF\n`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
