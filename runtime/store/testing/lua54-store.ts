import { LuaFactory, type LuaEngine } from 'wasmoon';
import { checkBatch } from '../check-batch.ts';
import { decodeAnswer } from '../dragonfly/decode.ts';
import { encodeBatch, keysOf } from '../dragonfly/encode.ts';
import { foldConstants } from '../dragonfly/fold-constants.ts';
import { APPLY_SOURCE } from '../dragonfly/script.ts';
import { memoryStore } from '../memory/memory-store.ts';
import { shardName, type Batch, type Shard, type Store } from '../store.ts';
import { RedisCommands } from './redis-commands.ts';

/** The script under Lua 5.4, as Dragonfly has it, with the commands of `RedisCommands` below it. */
export interface Lua54Store extends Store {
  readonly commands: RedisCommands;
  /** Everything the script has, to be tried with other sources. */
  close(): Promise<void>;
}

/**
 * Between the two languages go texts: a list is the number of its items and the items; an item begins with its kind and ends
 * with its length where it has one. Lua 5.4 has no `unpack`; reading or making a global is an error, as on the servers.
 */
const PRELUDE = `
local host = host_call
local function decode(text, at)
  local kind = text:sub(at, at)
  if kind == 'n' then return false, at + 1 end
  local stop = text:find(';', at, true)
  local number = math.tointeger(tonumber(text:sub(at + 1, stop - 1)))
  if kind == 'i' then return number, stop + 1 end
  if kind == 's' then return (text:sub(stop + 1, stop + number):gsub('%%0', '\\0'):gsub('%%p', '%%')), stop + number + 1 end
  local list, next_at = {}, stop + 1
  for index = 1, number do list[index], next_at = decode(text, next_at) end
  return list, next_at
end
local function encode(value)
  if value == false or value == nil then return 'n' end
  if type(value) == 'table' then
    local parts = {}
    for index = 1, #value do parts[index] = encode(value[index]) end
    return 'a' .. #value .. ';' .. table.concat(parts)
  end
  if type(value) ~= 'string' then error('only texts and lists may be passed, not ' .. type(value) .. ' ' .. tostring(value)) end
  local text = value:gsub('%%', '%%p'):gsub('\\0', '%%0')
  return 's' .. #text .. ';' .. text
end
local redis = {
  call = function(...)
    local reply = host(encode({ ... }))
    if reply:sub(1, 1) == 'e' then error(reply:sub(2), 0) end
    return (decode(reply, 1))
  end,
}
local sandbox = { redis = redis, string = string, math = math, table = table, tonumber = tonumber, pairs = pairs, type = type }
setmetatable(sandbox, {
  __index = function(_, name) error('the script reads the global ' .. name, 2) end,
  __newindex = function(_, name) error('the script makes the global ' .. name, 2) end,
})
local script = assert(load(script_source, 'apply', 't', sandbox))
function run_script(keys, arguments)
  rawset(sandbox, 'KEYS', (decode(keys, 1)))
  rawset(sandbox, 'ARGV', (decode(arguments, 1)))
  local fine, answer = pcall(script)
  if not fine then return 'e' .. tostring(answer) end
  return encode(answer)
end
`;

/** The machine is compiled once for a process; each engine is a state of its own in it, and is freed with its store. */
const LUA = new LuaFactory();

export async function lua54Store(nowUs: () => number, source: string = APPLY_SOURCE): Promise<Lua54Store> {
  const engine = await LUA.createEngine();
  const commands = new RedisCommands(nowUs);
  const run = prepare(engine, commands, foldConstants(source));
  const hints = memoryStore({ nowUs });
  return {
    kind: 'dragonfly',
    commands,
    apply: async (shard, batch) => applyWith(run, commands, shard, batch),
    hint: (shard) => hints.hint(shard),
    onHint: (listener) => hints.onHint(listener),
    ping: () => hints.ping(),
    connections: () => 1,
    close: async () => {
      engine.global.close();
    },
  };
}

type Run = (keys: string, args: string) => string;

function prepare(engine: LuaEngine, commands: RedisCommands, source: string): Run {
  engine.global.set('script_source', source);
  engine.global.set('host_call', (request: string): string => {
    try {
      const [name = '', ...args] = decodeItem(request, 0)[0] as readonly string[];
      return encodeItem(commands.call(name, args));
    } catch (error) {
      return `e${error instanceof Error ? error.message : 'failed'}`;
    }
  });
  engine.doStringSync(PRELUDE);
  return engine.global.get('run_script') as Run;
}

function applyWith(run: Run, commands: RedisCommands, shard: Shard, batch: Batch) {
  checkBatch(batch);
  const keys = keysOf(shard);
  if (!keys.every((key) => key.includes(`{n:${shardName(shard)}}`))) throw new Error('a key without the shard');
  commands.declared = new Set(keys);
  const answer = run(encodeItem(keys), encodeItem(encodeBatch(batch)));
  if (answer.startsWith('e')) throw new Error(answer.slice(1));
  return decodeAnswer(decodeItem(answer, 0)[0], batch);
}

type Item = string | number | null | readonly Item[];

function encodeItem(item: Item): string {
  if (item === null) return 'n';
  if (typeof item === 'number') return `i${item};`;
  if (typeof item === 'string') {
    const text = item.replaceAll('%', '%p').replaceAll('\0', '%0');
    return `s${Buffer.byteLength(text)};${text}`;
  }
  return `a${item.length};${item.map(encodeItem).join('')}`;
}

/** Lengths are in bytes, so the text is read as bytes. */
function decodeItem(text: string, from: number, bytes: Buffer = Buffer.from(text)): readonly [Item, number] {
  const kind = String.fromCharCode(bytes[from] ?? 0);
  if (kind === 'n') return [null, from + 1];
  const stop = bytes.indexOf(';', from);
  const number = Number(bytes.toString('latin1', from + 1, stop));
  if (kind === 'i') return [number, stop + 1];
  if (kind === 's') {
    const end = stop + 1 + number;
    return [
      bytes
        .toString('utf8', stop + 1, end)
        .replaceAll('%0', '\0')
        .replaceAll('%p', '%'),
      end,
    ];
  }
  const items: Item[] = [];
  let at = stop + 1;
  for (let index = 0; index < number; index += 1) {
    const [item, next] = decodeItem(text, at, bytes);
    items.push(item);
    at = next;
  }
  return [items, at];
}
