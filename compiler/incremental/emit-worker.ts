import { parentPort, workerData } from 'node:worker_threads';
import type { SourceFile } from '../../spec/contract/source.ts';
import { collector } from '../diagnostics/report.ts';
import { listSpec, readEntry } from '../load/read.ts';
import { placeOf } from '../output/write.ts';
import { stages } from '../stages.ts';
import { emitShare } from './emit-share.ts';
import { immutableOf } from './immutable-of.ts';
import type { WorkerOrder } from './workers.ts';

// A thread of its own: reads the spec itself, since a model cannot be sent, and answers with plain units.
const { root, today, environments, share, of } = workerData as WorkerOrder;
const { report } = collector();
const files: SourceFile[] = listSpec(root, report).flatMap((entry) => readEntry(root, entry, report) ?? []);
const immutable = immutableOf(placeOf(root).folder);
parentPort?.postMessage(await emitShare({ files, today, environments, share, of, immutable }, stages));
