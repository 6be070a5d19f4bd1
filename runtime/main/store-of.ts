import type { Clock } from '../loops/clock.ts';
import type { Config } from '../ops/config/fields.ts';
import { dragonflyStore } from '../store/dragonfly/dragonfly-store.ts';
import { memoryStore } from '../store/memory/memory-store.ts';
import type { Store } from '../store/store.ts';

/** The store that the configuration names. A connection need not be there yet. */
export function storeOf({ url, user, password }: Config['store'], clock: Clock): Store {
  if (url === 'memory:') return memoryStore({ nowUs: () => clock.nowMs() * 1000 });
  return dragonflyStore({
    url,
    ...(user !== undefined && { username: user }),
    ...(password !== undefined && { password: password.reveal() }),
  });
}
