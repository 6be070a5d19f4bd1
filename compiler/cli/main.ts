#!/usr/bin/env node
import { processHost } from './process-host.ts';
import { run } from './run.ts';

// The exit code is set and not forced, so that everything written reaches its reader.
const code = await run(process.argv.slice(2), processHost());
// It is set already where the output could not be written.
process.exitCode ??= code;
