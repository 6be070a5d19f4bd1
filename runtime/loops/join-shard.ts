import type { StoreOperation } from '../core/observer.ts';
import { DEFAULT_SETTINGS } from '../core/route-policy.ts';
import type { Applied, Operation } from '../store/store.ts';
import { claimsFor, want } from './deliver.ts';
import { aside, ignoreLoss, type Engine, type FleetState } from './engine.ts';
import { noteHeldBack } from './held-back.ts';
import type { Replayer } from './replayer.ts';
import { sayPresent } from './roll-call.ts';
import { emptyRoster } from './roster.ts';
import { ShardLink, type LinkContext } from './shard-link.ts';
import { noteStore } from './status.ts';
import { startSweep } from './sweep.ts';
import type { TokenFloor } from './token-floor.ts';
import { tellUnheard } from './unheard.ts';
import { tellWords } from './words.ts';

/** Joins a fleet's shard, and begins to look after it. Returns the way to stop; see `startSweep`. */
export function joinShard(engine: Engine, replay: Replayer, tokens: TokenFloor, fleet: string): () => Promise<void> {
  const context: LinkContext = {
    scheduler: engine.name,
    store: engine.store,
    clock: engine.clock,
    tokens,
    callWorth: engine.bounds.callWorth,
    replay: (link, position) => replay.replay(link, position),
    claims: (_, operations, room) => claimsFor(engine, state, operations, room),
    applied: (_, applied) => noteApplied(engine, state, applied),
    state: (_, linkState) => {
      if (linkState === 'up') {
        state.sinceMs = engine.clock.nowMs();
        state.lookSoon?.();
        void sendPolicy(engine, state);
      }
      noteStore(engine);
    },
    unheard: (_, operations) => aside(engine, tellUnheard(engine, state, operations)),
    timed: (operations, seconds) => engine.observer.store?.(operationName(operations), seconds),
  };
  const link = new ShardLink({ fleet, index: 0 }, engine.ledger.newest(fleet), context);
  const state: FleetState = {
    fleet,
    link,
    switches: new Map(),
    factsMs: 0,
    ready: 0,
    startedSince: 0,
    heldBack: new Map(),
    saying: 0,
    cancelsSaid: new Map(),
    unaccounted: new Set(),
    hintedMs: 0,
    lookedMs: 0,
    heldUntilMs: 0,
    sinceMs: engine.clock.nowMs(),
    roster: emptyRoster(),
    blamedMs: new Map(),
    policySent: '',
    revision: '',
  };
  engine.fleets.set(fleet, state);
  link.open();
  return startSweep(engine, state);
}

function noteApplied(engine: Engine, state: FleetState, { ready, revision, holdUntilMs, nowMs }: Applied): void {
  const more = ready > state.ready;
  state.ready = ready;
  if (holdUntilMs > state.heldUntilMs) {
    // This shard has lost nothing of this scheduler's: the batch would have been refused.
    void state.link.ask({ op: 'end', schedulers: engine.schedulers }).catch(ignoreLoss);
  }
  state.heldUntilMs = holdUntilMs;
  state.revision = revision;
  if (revision !== state.policySent && (revision === '' || state.policySent === '')) void sendPolicy(engine, state);
  if (ready === 0) return;
  if (noteHeldBack(engine, state)) void tellWords(engine, state);
  if (engine.pool.parked(state.fleet).size > 0) {
    if (more) want(engine, state);
  } else hint(engine, state, nowMs);
}

const HINT_EVERY_MS = 5;

function hint({ store, schedulers, clock }: Engine, state: FleetState, _nowMs: number): void {
  if (schedulers.length === 1 || clock.monotonicMs() - state.hintedMs < HINT_EVERY_MS) return;
  state.hintedMs = clock.monotonicMs();
  store.hint(state.link.shard);
}

/** Another scheduler says that a shard has something to claim, or that it replays or calls the roll and waits for the others. */
export function hinted(engine: Engine, shard: string): void {
  const state = engine.fleets.get(shard.slice(0, shard.lastIndexOf(':')));
  if (state === undefined) return;
  if (engine.pool.parked(state.fleet).size > 0) {
    state.ready = Math.max(1, state.ready);
    want(engine, state);
  }
  if (state.link.state !== 'up' || engine.clock.monotonicMs() - state.lookedMs < LOOK_EVERY_MS) return;
  state.lookedMs = engine.clock.monotonicMs();
  // One that drains here may have begun anew there.
  if (engine.pool.of(state.fleet).some(({ draining }) => draining)) state.lookSoon?.();
  void sayPresent(engine, state).catch(ignoreLoss);
}

const LOOK_EVERY_MS = 25;

/** Tells a shard the limits of the table in force. */
export async function sendPolicy(engine: Engine, state: FleetState): Promise<void> {
  const { table } = engine.tables.compiled;
  state.policySent = table.digest;
  const routes = engine.tables.policies(state.fleet);
  await state.link
    .ask({ op: 'policy', revision: table.digest, settings: DEFAULT_SETTINGS, routes })
    .catch((error: unknown) => {
      state.policySent = '';
      ignoreLoss(error);
    });
}

const OPERATION_NAMES: Partial<Record<Operation['op'], StoreOperation>> = {
  submit: 'submit',
  claim: 'claim',
  heartbeat: 'heartbeat',
  complete: 'complete',
  fail: 'fail',
  tick: 'sweep',
  finish: 'replay',
  restore: 'replay',
  begin: 'replay',
  end: 'replay',
  policy: 'register',
  switch: 'register',
};

/** A batch is called by its first operation; the others ride along. */
function operationName([first]: readonly Operation[]): StoreOperation {
  return (first === undefined ? undefined : OPERATION_NAMES[first.op]) ?? 'read';
}
