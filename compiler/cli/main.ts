#!/usr/bin/env node
import { processHost } from './process-host.ts';
import { run } from './run.ts';

// The exit code is set and not forced, so that everything written reaches its reader.
process.exitCode = await run(process.argv.slice(2), processHost());
