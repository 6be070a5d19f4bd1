import { AGENT_OPERATIONS } from './agent-operations.ts';
import { FLEET_OPERATIONS } from './fleet-operations.ts';
import type { Operation } from './operation.ts';
import { TASK_OPERATIONS } from './task-operations.ts';

/**
 * Every operation of the API, once. Validation, access, OpenAPI and the tests are made from this table. To add one: a line in one
 * of the three, and a method of `Scheduler`.
 */
export const OPERATIONS: readonly Operation[] = [...TASK_OPERATIONS, ...AGENT_OPERATIONS, ...FLEET_OPERATIONS];
