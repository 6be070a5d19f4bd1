/**
 * `NODE_OPTIONS` of a scheduler, wherever it is started: Node makes four threads to help its one, however many processors there
 * are, and each collection of garbage waits until all four have had a turn. A pod is given one processor, of which the store's
 * answers and the disk also want some: with one helper the longest pauses are halved.
 */
export const SCHEDULER_NODE_OPTIONS = '--v8-pool-size=1';
