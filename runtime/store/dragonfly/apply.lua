-- Applies one batch of operations to one shard. `../store.ts` says what each operation means; `../memory/` is the same in
-- TypeScript, function by function. Runs on Dragonfly (Lua 5.4), Valkey and Redis >= 6.2 (Lua 5.1). One long file, since a
-- server takes a script as one text, and its functions share what the batch has read and noted.
--
-- KEYS     q ready, d times to look again (those of tasks that wait above all others), w held, i open, j runs by key, t finish
--          tags, z ended, x dead, u names' ends, o records, b bodies, r results, e names, s switches, m meta, a agents, l agents by
--          their turn; all with the hash tag of the shard
-- ARGV     now in microseconds (empty: the store's clock), scheduler, its position before and after, number of the batch
--          and of the one before, floor of tokens, beat it has seen, number of operations, then for each operation its letter and
--          arguments (see the end)
-- Returns  {'gap', position, number, beat} and nothing is changed (unless some of it is lost, and the rest goes), or
--          {'ok', now in ms, beat, revision, hold until, ready, reply, reply, ...}
-- Promise  Atomic as long as no command fails. When one does (out of memory), a prefix was applied. The record in `o` is
--          the truth, written after the task has entered its new set (q, w, x, z, d) and before it has left the old one;
--          whoever meets a member that its record does not confirm removes it. What counts against limits (i, j) is taken
--          after the record and given back before it, so that nothing counts for ever. The position is written last, so
--          the batch is sent again.
-- Writes   What changes q, w, x, z, d, i, j, o, b or r is noted, and written by `flush`, many members with one command: at
--          the end of the batch, or before a read that must see it (`settle`). So a task that comes and is handed out in
--          one batch is never in q.
-- Bounds   Every loop runs over arguments, or over what was asked for with a limit. There are at most SWITCHES_MAX switches, and
--          those of ALWAYS_ROOM beside them: another one is answered `full`.

local q, d, w, i, j = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local t, z, x, u, o = KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10]
local b, r, e, s, m = KEYS[11], KEYS[12], KEYS[13], KEYS[14], KEYS[15]

local ARGV, call, tonumber = ARGV, redis.call, tonumber
local floor, max, min, huge = math.floor, math.max, math.min, math.huge
local find, format, match, sub = string.find, string.format, string.match, string.sub
local concat, spread = table.concat, table.unpack or unpack

local ROUTE_LANES = 1048576
local RUNNING = 70368744177664
local HELD_MS = 30000
-- Added to the times in `d` of tasks that wait, so that however many of them are to be looked at, leases and delays are in time.
local WAITING = 100000000000000
local KEPT_MS = 2592000000
local HOLD_MAX_MS = 60000
local NAMES_MAX = 100000
local SHED_LOOKS = 8
local STICKY_LOOKS = 8
local SWITCHES_MAX = 1000
local AS_IT_WAS = 0
local HEADS_MAX = 32
-- Arguments of one command; the older Lua has room for 8,000.
local SPREAD_MAX = 1000
-- Longer than any id, and none: see `set_policy`.
local LONG_NAME = 'too long to stand in a list: what holds it is a tree or a table from its start'
local DEFAULT_SETTINGS = '86400000|1000000|268435456|100000|3|259200000'

-- Fields of a record, in the order of `FIELDS` in `../row.ts`: those that change, then as one text those of its submission,
-- which are read once for all tasks of a batch that share them (`meta_of`).
local STATE, TAG, TOKEN, AGENT, ATTEMPTS, CRASHES, CRASH_MS, ACCEPTED_MS, SINCE_MS = 1, 2, 3, 4, 5, 6, 7, 8, 9
local DUE_MS, FLAGS, PRIORITY, REASON, HOLD, DIGEST, META = 10, 11, 12, 13, 14, 15, 16
-- Written out, as constants are: what is computed would be an outer name more.
local SHAPE = '^([^|]*)|([^|]*)|([^|]*)|([^|]*)|([^|]*)|([^|]*)|([^|]*)|([^|]*)|([^|]*)|([^|]*)|([^|]*)|([^|]*)|([^|]*)|([^|]*)|([^|]*)|(.*)$'
-- Of a leased one: its tag, token and agent, what was counted and when it came, its times, its digest, and its submission.
local LEASED = '^L|([^|]*)|([^|]*)|([^|]*)|(%d+|%d+|%d+|%d+)|%d+|(%d+|[^|]*|%d+)|[^|]*|[^|]*|([^|]*)|(.*)$'
-- Of a ready one: its tag and last token, what was counted and when it came, its priority and reason, its digest, and its submission.
local READY = '^R|([^|]*)|([^|]*)|[^|]*|(%d+|%d+|%d+|%d+)|%d+|%d+|[^|]*|(%d+|[^|]*)|[^|]*|([^|]*)|(.*)$'
-- Of a submission.
local META_SHAPE = '^(%d+)|(%d+)|(%d+)|([^|]*)|([^|]*)|([^|]*)|(%d+)|(%d+)|(%d+)|(%d+)|(%d+)|(%d+)$'

-- Whole numbers as both versions of Lua write them. Most of a batch come from the same few times.
local number_texts = {}
local function int(number)
  local text = number_texts[number]
  if not text then
    text = format('%d', number)
    number_texts[number] = text
  end
  return text
end

local scheduler, prev_lsn, lsn, batch = ARGV[2], ARGV[3], ARGV[4], ARGV[5]

-- Where it is kept what a batch handed out: two of a scheduler may be under way, with numbers that follow one another.
local function claimed_by(number)
  return 'c' .. int(tonumber(number) % 2) .. ':' .. scheduler
end

local head = call('HMGET', m, 'hw:' .. scheduler, 'v', 'token', 'bytes', 'rev', 'hold', 'set', 'beat', 'n:' .. scheduler, 'words', 'keys')
local beat = tonumber(head[8] or 0)

-- Fewer of its keys than its last batch left: a server has dropped some to make room, or somebody else has. What is left is not
-- to be believed: it goes as well, and all comes back from the journals.
local counted_at, had = match(head[11] or '', '^(%d+)|(%d+)$')
local there = call('EXISTS', spread(KEYS))
if (counted_at == head[8] and there < tonumber(had)) or (not head[8] and there > 0) then
  call('UNLINK', spread(KEYS))
  return { 'gap', '0', '0', '0' }
end
if (head[1] or '0') ~= prev_lsn or (head[9] or '0') ~= ARGV[6] or beat < tonumber(ARGV[8]) then
  return { 'gap', head[1] or '0', head[9] or '0', int(beat) }
end

local now_us
if ARGV[1] == '' then
  local clock = call('TIME')
  now_us = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
else
  now_us = tonumber(ARGV[1])
end
local now = floor(now_us / 1000)
local NOW = int(now)

-- What any scheduler has seen handed out stays below what is handed out, whatever the store has forgotten.
local token = max(tonumber(head[3] or 0), tonumber(ARGV[7]))
local v, bytes = tonumber(head[2] or 0), tonumber(head[4] or 0)
local revision, hold_until = head[5] or '', tonumber(head[6] or 0)
local leases = {}
local policies, metas, lanes = {}, {}, {}
local rates, rates_changed = {}, {}
local any_held, paused = nil, nil
-- What the batch has read or written: records (false: there is none) and bodies by id, records as the store has them, finish
-- tags by flow, the first ready tasks by lane, and how many tasks of a route wait and run.
local rows, bodies, stored = {}, {}, {}
local finishes, finishes_changed = {}, {}
local heads = {}
-- Tasks that the claims of the batch ask for.
local wanted = 0
local waiting, running = {}, {}

-- The rest is a function of its own: where one is made, a server looks for each outer name it uses among all that are open, but
-- finds at once what is an outer name here already. That halves what a small batch costs. The older Lua lets it use 60 from above.
return (function()

local a, l = KEYS[16], KEYS[17]

-- Words on tasks that are not there yet: at least as many are kept as names.
local words = tonumber(head[10] or 0)

-- Writing --------------------------------------------------------------------------------------------------------------

local NOTHING = {}

-- What is to be written to one key: names in their order, and in `at` by name its new value, false when it leaves (`gone` when
-- one does), or AS_IT_WAS.
local function changes()
  return { size = 0, gone = false, at = NOTHING }
end

local of_q, of_w, of_x, of_z, of_d = changes(), changes(), changes(), changes(), changes()
local of_o, of_b, of_r = changes(), changes(), changes()
-- Of what counts against limits: what is given back, and what is taken.
local given_i, taken_i, given_j, taken_j = changes(), changes(), changes(), changes()
-- Members of `q` that are not there yet.
local unwritten = {}

local function note(changed, name, value)
  local at = changed.at
  if at[name] == nil then
    local size = changed.size + 1
    if size == 1 then
      at = {}
      changed.at = at
    end
    changed.size, changed[size] = size, name
  end
  at[name] = value
end

local function forget(changed, name)
  -- Looked at first: the older Lua makes room for a name that is set to nil.
  local at = changed.at
  if at[name] ~= nil then
    at[name] = AS_IT_WAS
  end
end

local function drop(changed, name)
  note(changed, name, false)
  changed.gone = true
end

local function drop_ready(member)
  if unwritten[member] then
    forget(of_q, member)
    unwritten[member] = nil
  else
    drop(of_q, member)
  end
end

local function take(given, taken, name, value)
  forget(given, name)
  note(taken, name, value)
end

local function give_back(given, taken, name, value)
  forget(taken, name)
  note(given, name, value)
end

-- The changes as arguments: what comes, by pairs, and what leaves. They are forgotten.
local function arguments_of(changed, value_first)
  local at, size = changed.at, changed.size
  if size == 0 then
    return NOTHING, NOTHING
  end
  changed.size, changed.gone, changed.at = 0, false, NOTHING
  local comes, leaves, coming, leaving = {}, {}, 0, 0
  for index = 1, size do
    local name = changed[index]
    local value = at[name]
    if value == false then
      leaving = leaving + 1
      leaves[leaving] = name
    elseif value ~= AS_IT_WAS then
      if value_first then
        comes[coming + 1], comes[coming + 2] = value, name
      else
        comes[coming + 1], comes[coming + 2] = name, value
      end
      coming = coming + 2
    end
  end
  return comes, leaves
end

-- One command for many members.
local function send(command, key, list)
  local size = #list
  for first = 1, size, SPREAD_MAX do
    call(command, key, spread(list, first, min(first + SPREAD_MAX - 1, size)))
  end
end

local function pack(row)
  return concat(row, '|')
end

-- Writes what was noted, in the order that the promise at the head of this file asks for.
local function flush()
  local q_in, q_out = arguments_of(of_q, true)
  unwritten = {}
  local w_in, w_out = arguments_of(of_w, true)
  local x_in, x_out = arguments_of(of_x, true)
  local z_in, z_out = arguments_of(of_z, true)
  local d_in, d_out = arguments_of(of_d, true)
  local b_in, b_out = arguments_of(of_b, false)
  local o_in, o_out = arguments_of(of_o, false)
  for index = 2, #o_in, 2 do
    if type(o_in[index]) == 'table' then
      o_in[index] = pack(o_in[index])
    end
  end
  send('HSET', b, b_in)
  send('HSET', r, arguments_of(of_r, false))
  send('ZADD', q, q_in)
  send('ZADD', w, w_in)
  send('ZADD', x, x_in)
  send('ZADD', z, z_in)
  send('ZADD', d, d_in)
  local i_in, i_out = arguments_of(given_i, true)
  send('ZADD', i, i_in)
  send('ZREM', i, i_out)
  local j_in, j_out = arguments_of(given_j, true)
  send('ZADD', j, j_in)
  send('ZREM', j, j_out)
  send('HSET', o, o_in)
  send('HDEL', o, o_out)
  send('ZADD', i, arguments_of(taken_i, true))
  send('ZADD', j, arguments_of(taken_j, true))
  send('HDEL', b, b_out)
  send('ZREM', q, q_out)
  send('ZREM', w, w_out)
  send('ZREM', x, x_out)
  send('ZREM', d, d_out)
  -- What has ended is named by `z` until nothing of it is left.
  send('ZREM', z, z_out)
end

-- Before a read that must see what the batch has done to a key.
local function settle(changed)
  if changed.size > 0 then
    flush()
  end
end

local settings
local function read_settings(text)
  local a1, a2, a3, a4, a5, a6 = match(text, '^(%d+)|(%d+)|(%d+)|(%d+)|(%d+)|(%d+)$')
  settings = {
    finished_ms = tonumber(a1),
    finished_max = tonumber(a2),
    bytes_max = tonumber(a3),
    dead_max = tonumber(a4),
    crash_max = tonumber(a5),
    crash_window_ms = tonumber(a6),
  }
end
read_settings(head[7] or DEFAULT_SETTINGS)

-- The limits of a lane's route, or false; and the route.
local function policy_of(lane)
  local route = floor(lane / ROUTE_LANES)
  local known = policies[route]
  if known ~= nil then
    return known, route
  end
  local text = call('HGET', m, 'p:' .. int(route))
  known = false
  if text then
    local part = { match(text, '^' .. string.rep('([^|]*)|', 11) .. '([^|]*)$') }
    known = {
      in_flight = tonumber(part[1]),
      rate_count = tonumber(part[2]),
      rate_ms = tonumber(part[3]),
      key_max = tonumber(part[4]),
      key_full = part[5],
      depth_max = tonumber(part[6]),
      depth_full = part[7],
      age_ms = tonumber(part[8]),
      age_max = tonumber(part[9]),
      affinity = part[10],
      hold_ms = tonumber(part[11]) or 0,
      spill_ms = tonumber(part[12]) or 0,
    }
  end
  policies[route] = known
  return known, route
end

local function text_of(id)
  local text = stored[id]
  if text == nil then
    text = call('HGET', o, id)
  end
  return text
end

-- Whether somebody else has written to a record: what is in the shard is not to be believed.
local torn = false

-- Whether a record's end is a submission, as all that was written here is.
local function is_meta(text)
  return text and (metas[text] or find(text, META_SHAPE)) and true
end

local function load(id)
  local row = rows[id]
  if row ~= nil then
    return row or nil
  end
  local text = text_of(id)
  if not text then
    return nil
  end
  local row = { match(text, SHAPE) }
  if is_meta(row[META]) then
    return row
  end
  torn = true
  return nil
end

-- The record as it is now; to be written as such.
local function record(id, row)
  local text = pack(row)
  rows[id] = row
  note(of_o, id, text)
  return text
end

-- What a task's submission said, and the limits of its route.
local function meta_from(text)
  local known = metas[text]
  if known then
    return known
  end
  local part = { match(text, META_SHAPE) }
  local lane = tonumber(part[1])
  local policy, route = policy_of(lane)
  known = {
    lane = lane,
    lane_text = part[1],
    rest = sub(text, #part[1] + 1),
    policy = policy,
    route = route,
    base_priority = tonumber(part[2]),
    priority_text = part[2],
    running_text = int(RUNNING + lane),
    flows = {},
    steps = {},
    cost = tonumber(part[3]),
    flow = part[4],
    key = part[5],
    key_start = int(route) .. ':' .. part[5],
    affinity = part[6],
    queue_ms = tonumber(part[7]),
    notice_ms = tonumber(part[8]),
    lease_ms = tonumber(part[9]),
    run_ms = tonumber(part[10]),
    attempt_max = tonumber(part[11]),
    retry_ms = tonumber(part[12]),
  }
  metas[text] = known
  return known
end

local function meta_of(row)
  return meta_from(row[META])
end

-- Open tasks of a route that wait, or run. `counted` keeps the number while only this batch changes it.
local function count_route(counted, route, base)
  local known = counted[route]
  if known == nil then
    local first = base + route * ROUTE_LANES
    settle(given_i)
    settle(taken_i)
    known = call('ZCOUNT', i, int(first), int(first + ROUTE_LANES - 1))
    counted[route] = known
  end
  return known
end

local function count_key(meta)
  settle(given_j)
  settle(taken_j)
  return call('ZLEXCOUNT', j, '[' .. meta.key_start .. ' ', '(' .. meta.key_start .. '!')
end

local function give_tag(row, meta)
  local priority = row[PRIORITY]
  local flow, step = meta.flows[priority], meta.steps[priority]
  if not flow then
    flow, step = meta.flow .. ':' .. priority, max(1, floor(meta.cost / 4 ^ tonumber(priority)))
    meta.flows[priority], meta.steps[priority] = flow, step
  end
  local finish = finishes[flow] or tonumber(call('ZSCORE', t, flow) or 0)
  local start = max(v, finish)
  finishes[flow] = start + step
  finishes_changed[flow] = true
  row[TAG] = format('%016d', start)
end

local function write_finishes()
  local tags = {}
  for flow in pairs(finishes_changed) do
    local size = #tags
    tags[size + 1], tags[size + 2] = int(finishes[flow]), flow
  end
  finishes_changed = {}
  send('ZADD', t, tags)
end

-- `<tag>:<id>`, with or without what it is held for; ids may hold `:`, tags have sixteen digits.
local function id_of(member)
  return sub(member, (find(member, ' ', 1, true) or 0) + 18)
end

local function tag_of(member)
  local start = (find(member, ' ', 1, true) or 0) + 1
  return sub(member, start, start + 15)
end

-- Reads the records and bodies of ready tasks with one command each. What they wait for stands in no member of `q`.
local function look_up(members)
  if #members < 2 then
    return
  end
  local ids = {}
  for index = 1, #members do
    ids[index] = sub(members[index], 18)
  end
  local texts, contents = call('HMGET', o, spread(ids)), call('HMGET', b, spread(ids))
  for index = 1, #ids do
    -- What this batch has brought or ended is not there yet, and stays.
    if stored[ids[index]] == nil then
      stored[ids[index]] = texts[index]
    end
    bodies[ids[index]] = contents[index] or bodies[ids[index]]
  end
end

local function put_in_place(head, member)
  local place = #head + 1
  for index = #head, head.at, -1 do
    if head[index] < member then
      break
    end
    place = index
  end
  if head[place] ~= member then
    table.insert(head, place, member)
  end
end

-- The first ready tasks of a lane, as far as the batch has looked: in order, from `at` on. `full` when there may be more.
local function head_of(lane_text)
  local head = heads[lane_text]
  if not head or (head.full and not head[head.at]) then
    if of_q.gone then
      flush()
    end
    local most = min(wanted + 1, HEADS_MAX)
    head = call('ZRANGEBYSCORE', q, lane_text, lane_text, 'LIMIT', '0', int(most))
    look_up(head)
    head.at, head.full = 1, #head == most
    heads[lane_text] = head
    local last = head.full and head[most]
    for index = 1, of_q.size do
      local member = of_q[index]
      if of_q.at[member] == lane_text and not (last and member > last) then
        put_in_place(head, member)
      end
    end
  end
  return head[head.at]
end

-- A task has come into a lane: into its place among the first, unless it comes after those the batch has looked at.
local function join_head(lane_text, member)
  local head = heads[lane_text]
  if not head then
    return
  end
  local size = #head
  if head.full and (size < head.at or member > head[size]) then
    return
  end
  put_in_place(head, member)
end

-- A task has left a lane.
local function leave_head(lane_text, member)
  local head = heads[lane_text]
  if not head then
    return
  end
  if head[head.at] == member then
    head.at = head.at + 1
  else
    heads[lane_text] = nil
  end
end

-- Takes a task out of the set that a state keeps it in.
local function leave(id, meta, state, tag, hold)
  if state == 'R' then
    local member = tag .. ':' .. id
    drop_ready(member)
    leave_head(meta.lane_text, member)
  elseif state == 'H' then
    drop(of_w, hold .. ' ' .. tag .. ':' .. id)
  elseif state == 'X' then
    drop(of_x, id)
  end
end

-- When its priority rises next, or nil.
local function ages_at(meta, row)
  local policy = meta.policy
  if not policy or not policy.age_ms or tonumber(row[PRIORITY]) >= policy.age_max then
    return nil
  end
  return tonumber(row[SINCE_MS]) + policy.age_ms * (tonumber(row[PRIORITY]) - meta.base_priority + 1)
end

local function spills_at(meta, row)
  return tonumber(row[SINCE_MS]) + (meta.policy and meta.policy.spill_ms or 0)
end

-- When a task that waits must be looked at again, or nil.
local function next_look(meta, row)
  local look = nil
  if meta.queue_ms ~= 0 then
    look = (row[SINCE_MS] == NOW and now or tonumber(row[SINCE_MS])) + meta.queue_ms
  end
  if meta.notice_ms ~= 0 then
    if row[DUE_MS] == '0' then
      row[DUE_MS] = int(tonumber(row[SINCE_MS]) + meta.notice_ms)
    end
    look = min(look or tonumber(row[DUE_MS]), tonumber(row[DUE_MS]))
  end
  local ages = ages_at(meta, row)
  if ages then
    look = min(look or ages, ages)
  end
  if row[STATE] == 'H' then
    local back = now + HELD_MS
    if sub(row[HOLD], 1, 2) == 'a:' then
      back = spills_at(meta, row)
    end
    look = min(look or back, back)
  end
  return look
end

-- The record, and when to look at it again. `fresh`: the task had no such time.
local function put(id, row, look, fresh)
  rows[id] = row
  note(of_o, id, row)
  if look then
    local waits = row[STATE] == 'R' or row[STATE] == 'H'
    note(of_d, id, int(waits and look + WAITING or look))
  elseif not fresh then
    drop(of_d, id)
  end
end

-- `from`: the state it was in; '' for a new task.
local function enqueue(id, meta, row, from)
  row[STATE] = 'R'
  row[HOLD] = ''
  if row[TAG] == '' then
    give_tag(row, meta)
  end
  local member = row[TAG] .. ':' .. id
  note(of_q, member, meta.lane_text)
  if from == '' then
    unwritten[member] = true
  end
  join_head(meta.lane_text, member)
  put(id, row, next_look(meta, row), from == '')
  if from == 'L' then
    give_back(given_i, taken_i, id, meta.lane_text)
  elseif from == '' or from == 'X' then
    take(given_i, taken_i, id, meta.lane_text)
  end
end

local function delay(id, meta, row, delay_ms, from)
  row[SINCE_MS] = NOW
  if delay_ms == 0 then
    row[DUE_MS] = '0'
    enqueue(id, meta, row, from)
    return
  end
  row[STATE] = 'D'
  row[DUE_MS] = int(now + delay_ms)
  put(id, row, now + delay_ms)
  if from == 'L' then
    give_back(given_i, taken_i, id, meta.lane_text)
  elseif from == '' then
    take(given_i, taken_i, id, meta.lane_text)
  end
end

local function hold(id, meta, row, name)
  local state, tag, old = row[STATE], row[TAG], row[HOLD]
  row[STATE] = 'H'
  row[HOLD] = name
  note(of_w, name .. ' ' .. tag .. ':' .. id, '0')
  put(id, row, next_look(meta, row))
  if state ~= 'H' or old ~= name then
    leave(id, meta, state, tag, old)
  end
  any_held = true
end

-- The first task that is held for a key goes back to its lane.
local function wake(meta)
  local name = 'k:' .. meta.key_start
  settle(of_w)
  local member = call('ZRANGEBYLEX', w, '[' .. name .. ' ', '(' .. name .. '!', 'LIMIT', '0', '1')[1]
  if not member then
    return
  end
  local id = id_of(member)
  local row = load(id)
  if row and row[STATE] == 'H' and row[HOLD] == name then
    enqueue(id, meta_of(row), row, 'H')
  end
  drop(of_w, member)
end

-- What counts for its key, given back. A task that is refused for its key counts as long as it is open.
local function free_key(id, meta, over)
  if meta.key ~= '' and (over or not meta.policy or meta.policy.key_full ~= 'reject') then
    give_back(given_j, taken_j, meta.key_start .. ' ' .. id, false)
  end
end

-- In `j`, with its id: a run of this affinity at this agent.
local function sticky_start(meta, agent)
  return 'a:' .. meta.affinity .. ' ' .. agent
end

-- Whether another task of this affinity runs at this agent.
local function is_needed(meta, agent)
  -- A member was given back just now, so all that the batch has noted is written.
  settle(given_j)
  local start = sticky_start(meta, agent)
  local members = call('ZRANGEBYLEX', j, '[' .. start .. ' ', '(' .. start .. '!', 'LIMIT', '0', int(STICKY_LOOKS))
  for index = 1, #members do
    local row = load(sub(members[index], #start + 2))
    if row and row[STATE] == 'L' and row[AGENT] == agent then
      return true
    end
    give_back(given_j, taken_j, members[index], false)
  end
  return false
end

-- Of the last of its affinity, its agent keeps that for a while.
local function free_affinity(id, meta, agent)
  if meta.affinity == '' then
    return
  end
  give_back(given_j, taken_j, sticky_start(meta, agent) .. ' ' .. id, false)
  local name = 'a:' .. meta.affinity
  if call('HGET', e, name) == agent and not is_needed(meta, agent) then
    call('ZADD', u, int(now + (meta.policy and meta.policy.hold_ms or 0)), name)
  end
end

-- What it had of its agent is given back when it ran, and a task held for its key may go on.
local function end_lease(id, meta, was, agent)
  if was == 'L' then
    free_affinity(id, meta, agent)
  end
  if meta.key ~= '' then
    wake(meta)
  end
end

-- `fresh`: no result of it can be there.
local function keep_result(id, result, fresh)
  if fresh then
    note(of_r, id, result)
    bytes = bytes + #result
    return
  end
  settle(of_r)
  local old = call('HSTRLEN', r, id)
  if result ~= '' then
    call('HSET', r, id, result)
  elseif old > 0 then
    call('HDEL', r, id)
  end
  bytes = bytes + #result - old
end

-- The route's counts are read anew after a move that is not a plain submission or claim.
local function forget_counts(meta)
  waiting[meta.route], running[meta.route] = nil, nil
end

-- It has ended: it counts no more, nobody looks after it, and nobody will ask for its body.
local function close(id, meta)
  note(of_z, id, NOW)
  free_key(id, meta, true)
  give_back(given_i, taken_i, id, false)
  drop(of_d, id)
  drop(of_b, id)
end

local function finish(id, row, state, reason, result)
  local meta = meta_of(row)
  local was, tag, held = row[STATE], row[TAG], row[HOLD]
  row[STATE] = state
  row[SINCE_MS] = NOW
  row[REASON] = reason
  row[HOLD] = ''
  if result ~= '' or was == 'X' then
    keep_result(id, result, was == 'L')
  end
  close(id, meta)
  local text = record(id, row)
  if was == 'L' and running[meta.route] then
    running[meta.route] = running[meta.route] - 1
  elseif was ~= 'L' then
    forget_counts(meta)
  end
  leave(id, meta, was, tag, held)
  end_lease(id, meta, was, row[AGENT])
  return text
end

local function bury(id, row, reason, result)
  local meta = meta_of(row)
  local was, tag, held = row[STATE], row[TAG], row[HOLD]
  row[STATE] = 'X'
  row[SINCE_MS] = NOW
  row[REASON] = reason
  row[HOLD] = ''
  if result ~= '' then
    keep_result(id, result, was == 'L')
  end
  note(of_x, id, NOW)
  free_key(id, meta, true)
  give_back(given_i, taken_i, id, false)
  drop(of_d, id)
  local text = record(id, row)
  forget_counts(meta)
  leave(id, meta, was, tag, held)
  end_lease(id, meta, was, row[AGENT])
  return text
end

local function remember(name, value, until_ms)
  call('ZADD', u, int(until_ms), name)
  call('HSET', e, name, value)
  if call('ZCARD', u) > NAMES_MAX then
    local first = call('ZRANGE', u, '0', '0')[1]
    call('HDEL', e, first)
    call('ZREM', u, first)
  end
end

local function recall(name)
  local value = call('HGET', e, name)
  if value and tonumber(call('ZSCORE', u, name) or 0) > now then
    return value
  end
  return nil
end

local ENDS = { S = true, F = true, C = true, E = true, M = true }
local function is_end(row)
  return ENDS[row[STATE]]
end

local function waits(row)
  return find('RHD', row[STATE], 1, true) ~= nil
end

-- Submitting -----------------------------------------------------------------------------------------------------------

-- The least urgent of the last tasks in the lane, when it is less urgent than the new one.
local function lowest(meta, row)
  settle(of_q)
  local members = call('ZREVRANGEBYSCORE', q, meta.lane_text, meta.lane_text, 'LIMIT', '0', int(SHED_LOOKS))
  local least, found_id, found = tonumber(row[PRIORITY]), nil, nil
  for index = 1, #members do
    local id = sub(members[index], 18)
    local one = load(id)
    if not one or one[STATE] ~= 'R' or one[TAG] ~= tag_of(members[index]) then
      drop(of_q, members[index])
      heads[meta.lane_text] = nil
    elseif tonumber(one[PRIORITY]) < least then
      found_id, found, least = id, one, tonumber(one[PRIORITY])
    end
  end
  return found_id, found
end

-- A refusal, or nil and what was shed.
local function make_room(meta, row)
  local policy = meta.policy
  if not policy then
    return nil, ''
  end
  if meta.key ~= '' and policy.key_full == 'reject' and count_key(meta) >= policy.key_max then
    return '-k', ''
  end
  if count_route(waiting, meta.route, 0) < policy.depth_max then
    return nil, ''
  end
  local id, shed
  if policy.depth_full == 'shed-lowest' and hold_until <= now then
    id, shed = lowest(meta, row)
  end
  if not shed then
    return '-q', ''
  end
  return nil, id .. '|' .. finish(id, shed, 'E', 'shed', '')
end

local function submit(at)
  local id, meta_text, body = ARGV[at], ARGV[at + 1], ARGV[at + 4]
  local known = rows[id]
  if known == nil then
    known = text_of(id)
  end
  if known then
    local row = load(id)
    return row and '=' .. pack(row) or '?'
  end
  local delay_ms, accepted, attempts, crashes, dedupe, window_ms = 0, '', '0', '0', '', '0'
  if ARGV[at + 3] ~= '' then
    delay_ms, accepted, attempts, crashes, dedupe, window_ms =
      match(ARGV[at + 3], '^(%d+)|(%d*)|(%d+)|(%d+)|([^|]*)|(%d+)$')
    delay_ms = tonumber(delay_ms)
  end
  local replay = accepted ~= ''
  if dedupe ~= '' and not replay then
    local of = recall('d:' .. dedupe)
    if of and of ~= id then
      return '~' .. of
    end
  end
  local meta = meta_from(meta_text)
  local crash_ms = crashes == '0' and '0' or NOW
  local accepted_ms = replay and accepted or NOW
  local digest, priority = ARGV[at + 2], meta.priority_text
  local row = { 'R', '', '0', '', attempts, crashes, crash_ms, accepted_ms, NOW, '0', '', priority, '', '', digest, meta_text }
  local refused, shed = nil, ''
  if not replay then
    refused, shed = make_room(meta, row)
    if refused then
      return refused
    end
  end
  if dedupe ~= '' and not replay then
    remember('d:' .. dedupe, id, now + tonumber(window_ms))
  end
  note(of_b, id, body)
  bodies[id] = body
  delay(id, meta, row, delay_ms, '')
  if meta.key ~= '' and meta.policy and meta.policy.key_full == 'reject' then
    take(given_j, taken_j, meta.key_start .. ' ' .. id, '0')
  end
  if waiting[meta.route] then
    waiting[meta.route] = waiting[meta.route] + 1
  end
  return '+' .. shed
end

-- Claiming -------------------------------------------------------------------------------------------------------------

local function rest_us(route)
  local known = rates[route]
  if known == nil then
    known = tonumber(call('HGET', m, 'g:' .. int(route)) or 0)
    rates[route] = known
  end
  return known
end

-- As `core/start-rate.ts`: the new state when one more may start now, else nil; and the time between two.
local function take_start(policy, route)
  local interval = max(1, floor(policy.rate_ms * 1000 / policy.rate_count))
  local after = max(rest_us(route), now_us) + interval
  if after - now_us <= policy.rate_ms * 1000 then
    return after, interval
  end
  return nil, interval
end

-- So many lanes are read one by one.
local FEW_LANES = 64

-- Lanes where something is ready, by their text, so that of very many the others need not be read. Nothing when there are more
-- than `most`.
local function ready_lanes(most)
  local some, after = {}, '0'
  for _ = 1, most do
    local found = call('ZRANGEBYSCORE', q, after, '9007199254740991', 'WITHSCORES', 'LIMIT', '0', '1')
    if not found[2] then
      return some
    end
    local lane = tonumber(found[2])
    some[int(lane)] = true
    after = int(lane + 1)
  end
  return nil
end

-- A lane by its text, with the limits of its route; `limited` when one of them can close it.
local function lane_of(text)
  local known = lanes[text]
  if not known then
    local lane = tonumber(text)
    local policy, route = policy_of(lane)
    known = { lane = lane, route = route, policy = policy, limited = policy and (policy.in_flight or policy.rate_count) }
    lanes[text] = known
  end
  return known
end

local function is_open(text)
  local lane = lane_of(text)
  if not lane.limited then
    return true
  end
  local policy, route = lane.policy, lane.route
  if policy.in_flight and count_route(running, route, RUNNING) >= policy.in_flight then
    return false
  end
  return not policy.rate_count or take_start(policy, route) ~= nil
end

-- What keeps a ready task from this agent, or nil.
local function held_for(meta, row, agent)
  local policy = meta.policy
  if not policy then
    return nil
  end
  if meta.key ~= '' and policy.key_full == 'queue' and count_key(meta) >= policy.key_max then
    return 'k:' .. meta.key_start
  end
  if meta.affinity == '' or policy.affinity == '' or find(row[FLAGS], 's', 1, true) then
    return nil
  end
  local bound = recall('a:' .. meta.affinity)
  if not bound or bound == agent then
    return nil
  end
  return 'a:' .. bound
end

-- A soft binding survives a task that went elsewhere. A run may come back before the limits of its route.
local function bind(id, meta, agent, due)
  if meta.affinity == '' then
    return
  end
  take(given_j, taken_j, sticky_start(meta, agent) .. ' ' .. id, '0')
  local policy = meta.policy
  if policy and policy.affinity == '' then
    return
  end
  local name = 'a:' .. meta.affinity
  local bound = recall(name)
  if bound and bound ~= agent and not (policy and policy.affinity == 'hard') then
    return
  end
  local until_ms = due + (policy and policy.hold_ms or 0)
  if bound == agent then
    until_ms = max(until_ms, tonumber(call('ZSCORE', u, name)))
  end
  remember(name, agent, until_ms)
end

-- A lease but for its record: its token, when the run must be over, and when the lease ends.
local function start(id, meta, tag, last)
  local policy, route = meta.policy, meta.route
  token = max(token + 1, tonumber(last) + 1, now_us)
  v = max(v, tonumber(tag))
  if policy and policy.rate_count then
    rates[route] = take_start(policy, route) or 0
    rates_changed[route] = true
  end
  local due = now + meta.run_ms
  local until_ms = min(now + meta.lease_ms, due)
  note(of_d, id, int(until_ms))
  take(given_i, taken_i, id, meta.running_text)
  if waiting[route] then
    waiting[route] = waiting[route] - 1
  end
  if running[route] then
    running[route] = running[route] + 1
  end
  local given = format('%d', token)
  leases[#leases + 1] = id .. '|' .. given
  return given, int(due), until_ms
end

local function lease(id, meta, row, agent)
  local was, tag, held = row[STATE], row[TAG], row[HOLD]
  local given, due, until_ms = start(id, meta, tag, row[TOKEN])
  bind(id, meta, agent, now + meta.run_ms)
  row[STATE] = 'L'
  row[TOKEN] = given
  row[AGENT] = agent
  row[SINCE_MS] = NOW
  row[DUE_MS] = due
  row[FLAGS] = ''
  row[HOLD] = ''
  local text = record(id, row)
  if meta.key ~= '' then
    take(given_j, taken_j, meta.key_start .. ' ' .. id, '0')
  end
  leave(id, meta, was, tag, held)
  return text, until_ms
end

-- What most leases are: of a ready task without keys, as the store has it, without taking its record apart. Nil when it is
-- something else.
local function lease_plain(id, member, lane, agent)
  local text = rows[id] == nil and text_of(id)
  if not text then
    return nil
  end
  local tag, last, counts, urgency, digest, meta_text = match(text, READY)
  if not tag or tag ~= sub(member, 1, 16) or not is_meta(meta_text) then
    return nil
  end
  local meta = meta_from(meta_text)
  if meta.key ~= '' or meta.affinity ~= '' or meta.lane_text ~= lane then
    return nil
  end
  local given, due, until_ms = start(id, meta, tag, last)
  -- In one expression: what is made on the way to a text is hashed like every text.
  local leased = 'L|' .. tag .. '|' .. given .. '|' .. agent .. '|' .. counts .. '|' .. NOW .. '|' .. due .. '||' .. urgency
    .. '||' .. digest .. '|' .. meta_text
  stored[id] = leased
  note(of_o, id, leased)
  drop_ready(member)
  leave_head(lane, member)
  return leased, until_ms
end

-- What is held for an agent first, when its lane is open.
local function own_member(agent, first, count)
  if any_held == nil then
    any_held = call('ZCARD', w) > 0
  end
  if not any_held then
    return nil
  end
  settle(of_w)
  local member = call('ZRANGEBYLEX', w, '[a:' .. agent .. ' ', '(a:' .. agent .. '!', 'LIMIT', '0', '1')[1]
  local row = member and load(id_of(member))
  if not row then
    if member then
      drop(of_w, member)
    end
    return nil
  end
  local lane_text = meta_of(row).lane_text
  for index = first, first + count - 1 do
    if ARGV[index] == lane_text and is_open(lane_text) then
      return member
    end
  end
  return nil
end

-- Lanes of those asked for where something may be ready: a list, and from where to where in it.
local function lanes_to_look_at(first, count)
  local some = count > FEW_LANES and ready_lanes(floor(count / 2))
  if not some then
    return ARGV, first, first + count - 1
  end
  for index = 1, of_q.size do
    some[of_q.at[of_q[index]]] = true
  end
  local list, size = {}, 0
  for index = first, first + count - 1 do
    if some[ARGV[index]] then
      size = size + 1
      list[size] = ARGV[index]
    end
  end
  return list, 1, size
end

-- The smallest tag among the heads of the open lanes and what is held for this agent; whether it is held; its lane.
local function next_member(agent, first, count, list, from, upto)
  local best = own_member(agent, first, count)
  local own = best ~= nil
  local lane = nil
  for index = from, upto do
    local member = is_open(list[index]) and head_of(list[index])
    if member and (not best or tag_of(member) < tag_of(best)) then
      best, own, lane = member, false, list[index]
    end
  end
  return best, own, lane
end

-- Whether a record says what the member of a set says.
local function confirms(row, member, id, own, lane)
  if not row then
    return false
  end
  if own then
    return row[STATE] == 'H' and row[HOLD] .. ' ' .. row[TAG] .. ':' .. id == member
  end
  return row[STATE] == 'R' and row[TAG] == sub(member, 1, 16) and meta_of(row).lane_text == lane
end

-- For one agent: how many tasks, and for each its id, record, body, and when its lease ends; from `out[size + 1]` on.
local function claim_for(agent, count, looks, first, lane_count, list, from, upto, out, size)
  local got, last = 0, size + 1
  for _ = 1, count + looks do
    local member, own, lane = nil, false, nil
    if got < count then
      member, own, lane = next_member(agent, first, lane_count, list, from, upto)
    end
    if not member then
      break
    end
    local id = own and id_of(member) or sub(member, 18)
    local text, until_ms
    if not own then
      text, until_ms = lease_plain(id, member, lane, agent)
    end
    if not text then
      local row = load(id)
      if confirms(row, member, id, own, lane) then
        local meta = meta_of(row)
        local name = held_for(meta, row, agent)
        if name then
          hold(id, meta, row, name)
        else
          text, until_ms = lease(id, meta, row, agent)
        end
      elseif own then
        drop(of_w, member)
      else
        drop(of_q, member)
        heads[lane] = nil
      end
    end
    if text then
      got = got + 1
      out[last + 1], out[last + 2] = id, text
      out[last + 3], out[last + 4] = bodies[id] or call('HGET', b, id) or '', int(until_ms)
      last = last + 4
    end
  end
  out[size + 1] = int(got)
  return last
end

-- For agents that ask for the same, one after the other.
local function claim(at)
  local count, looks, lane_count, agents = tonumber(ARGV[at]), tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
  if paused == nil then
    paused = call('HEXISTS', s, 'paused') == 1
  end
  local held = ''
  if hold_until > now then
    held = 'hold'
  elseif revision == '' then
    held = 'no-policy'
  elseif paused then
    held = 'paused'
  end
  local out, size = { 'c', held }, 2
  local first = at + 4
  local list, from, upto = lanes_to_look_at(first, lane_count)
  for index = first + lane_count, first + lane_count + agents - 1 do
    if held == '' then
      size = claim_for(ARGV[index], count, looks, first, lane_count, list, from, upto, out, size)
    else
      size = size + 1
      out[size] = '0'
    end
  end
  return out
end

-- Running --------------------------------------------------------------------------------------------------------------

-- What most completions are: `finish` for a lease as the store has it, without taking its record apart. The record, or nil
-- when it is something else.
local function succeed(id, text, given, result)
  local before, held_by, agent, counts, times, digest, meta_text = match(text, LEASED)
  if held_by ~= given then
    return nil
  end
  local meta = meta_from(meta_text)
  local over = 'S|' .. before .. '|' .. given .. '|' .. agent .. '|' .. counts .. '|' .. NOW .. '|' .. times .. '|||' .. digest
    .. '|' .. meta_text
  if result ~= '' then
    keep_result(id, result, true)
  end
  close(id, meta)
  stored[id] = over
  note(of_o, id, over)
  if running[meta.route] then
    running[meta.route] = running[meta.route] - 1
  end
  end_lease(id, meta, 'L', agent)
  return over
end

local function complete(at)
  local id, given, result = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  local text = rows[id] == nil and text_of(id)
  local over = text and succeed(id, text, given, result)
  if over then
    -- Its state is the answer: as most are, not worth another text of its length.
    return over
  end
  local row = load(id)
  if not row then
    return '?'
  end
  if is_end(row) then
    return (row[STATE] == 'S' and row[TOKEN] == given and 'A' or 'T') .. pack(row)
  end
  local mine
  if row[STATE] == 'L' then
    mine = given == row[TOKEN]
  else
    mine = tonumber(given) >= tonumber(row[TOKEN]) and given ~= '0'
  end
  if not mine then
    return 'T' .. pack(row)
  end
  row[TOKEN] = given
  return 'D' .. finish(id, row, 'S', '', result)
end

-- From a lease back to waiting; a new turn is paid for, an interrupted one is kept.
local function again(id, row, delay_ms, pays)
  local meta = meta_of(row)
  if pays then
    row[TAG] = ''
  end
  row[FLAGS] = ''
  free_key(id, meta, false)
  delay(id, meta, row, delay_ms, 'L')
  forget_counts(meta)
  end_lease(id, meta, 'L', row[AGENT])
end

local function add_one(row, field)
  row[field] = int(tonumber(row[field]) + 1)
end

local function fail(at)
  local id, given, what, delay_ms = ARGV[at], ARGV[at + 1], ARGV[at + 2], tonumber(ARGV[at + 3])
  local reason, result = ARGV[at + 4], ARGV[at + 5]
  local row = load(id)
  if not row then
    return '?'
  end
  if row[STATE] ~= 'L' or row[TOKEN] ~= given then
    local over
    if is_end(row) then
      over = given == row[TOKEN]
    else
      over = row[STATE] ~= 'L' and tonumber(given) >= tonumber(row[TOKEN])
    end
    return (over and 'A' or 'T') .. pack(row)
  end
  if what ~= 'release' then
    add_one(row, ATTEMPTS)
  end
  if find(row[FLAGS], 'c', 1, true) then
    return 'D' .. finish(id, row, 'C', row[REASON], '')
  end
  row[REASON] = reason
  local is_last = what == 'retry' and tonumber(row[ATTEMPTS]) >= (tonumber(ARGV[at + 6]) or huge)
  if what == 'failed' then
    finish(id, row, 'F', reason, result)
  elseif what == 'dead' or is_last then
    bury(id, row, reason, result)
  else
    again(id, row, delay_ms, what == 'retry')
  end
  return 'D' .. pack(row)
end

-- When a lease ends unless a heartbeat comes. One that lasts as long as the run does so also when the clock was set back.
local function lease_end(meta, due)
  return meta.lease_ms >= meta.run_ms and due or min(now + meta.lease_ms, due)
end

local function heartbeat(at)
  local id, given = ARGV[at], ARGV[at + 1]
  local row = load(id)
  if not row then
    return hold_until > now and 'h' or '?'
  end
  if row[STATE] ~= 'L' or row[TOKEN] ~= given then
    return hold_until > now and 'h' or 'T' .. pack(row)
  end
  local until_ms = lease_end(meta_of(row), tonumber(row[DUE_MS]))
  note(of_d, id, int(until_ms))
  return 'B' .. int(until_ms) .. '|' .. (find(row[FLAGS], 'c', 1, true) and '1' or '0')
end

-- Waiting --------------------------------------------------------------------------------------------------------------

-- The older Lua makes all functions anew in every call, so those of few batches are made when one needs them.
local function waiting_operations()
  local function cancel(at)
    local id, reason = ARGV[at], ARGV[at + 1]
    local row = load(id)
    if not row then
      return '?'
    end
    if is_end(row) then
      return (row[STATE] == 'C' and 'A' or 'T') .. pack(row)
    end
    if row[STATE] == 'L' then
      if not find(row[FLAGS], 'c', 1, true) then
        row[FLAGS] = row[FLAGS] .. 'c'
      end
      row[REASON] = reason
      return 'Q' .. record(id, row)
    end
    return 'D' .. finish(id, row, 'C', reason, '')
  end

  local function remove(at)
    local id, reason = ARGV[at], ARGV[at + 1]
    local row = load(id)
    if not row then
      return '?'
    end
    if not waits(row) then
      return (row[STATE] == 'M' and 'A' or 'T') .. pack(row)
    end
    local body = bodies[id] or call('HGET', b, id) or ''
    return { 'm', finish(id, row, 'M', reason, ''), body }
  end

  local function relane(at)
    local id, lane = ARGV[at], ARGV[at + 1]
    local row = load(id)
    if not row then
      return '?'
    end
    if not waits(row) then
      return 'T' .. pack(row)
    end
    local old = meta_of(row)
    if old.lane_text == lane then
      return 'A' .. pack(row)
    end
    local state, tag, held = row[STATE], row[TAG], row[HOLD]
    if old.key ~= '' then
      give_back(given_j, taken_j, old.key_start .. ' ' .. id, false)
    end
    row[META] = lane .. old.rest
    local meta = meta_of(row)
    if meta.key ~= '' and meta.policy and meta.policy.key_full == 'reject' then
      take(given_j, taken_j, meta.key_start .. ' ' .. id, '0')
    end
    if state == 'D' then
      take(given_i, taken_i, id, lane)
      put(id, row, tonumber(row[DUE_MS]))
    else
      -- The same member with another score when it was ready: only what is held must leave.
      enqueue(id, meta, row, state)
      take(given_i, taken_i, id, lane)
      if state == 'H' then
        leave(id, old, state, tag, held)
      else
        leave_head(old.lane_text, tag .. ':' .. id)
        -- Until it is written, the old lane seems to have it.
        of_q.gone = true
      end
    end
    forget_counts(old)
    forget_counts(meta)
    return 'D' .. pack(row)
  end

  return { K = cancel, M = remove, L = relane }
end

-- Coming back ----------------------------------------------------------------------------------------------------------

-- Dead letters, and what journals bring back.
local function returning_operations()
  -- A dead letter is ready again, and its turn is paid for anew.
  local function revive(id, row)
    row[SINCE_MS], row[DUE_MS] = NOW, '0'
    row[TAG], row[FLAGS], row[REASON] = '', '', ''
    local meta = meta_of(row)
    row[PRIORITY] = int(meta.base_priority)
    enqueue(id, meta, row, 'X')
    forget_counts(meta)
    drop(of_x, id)
    keep_result(id, '', false)
  end

  local function redrive(at)
    local id = ARGV[at]
    local row = load(id)
    if not row then
      return '?'
    end
    if row[STATE] ~= 'X' then
      return (is_end(row) and 'T' or 'A') .. pack(row)
    end
    row[ATTEMPTS], row[CRASHES], row[CRASH_MS] = '0', '0', '0'
    revive(id, row)
    return 'D' .. pack(row)
  end

  local function replay_end(at)
    local id, state, given, digest = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
    local reason, result = ARGV[at + 4], ARGV[at + 5]
    local row = load(id)
    local newer = row and row[STATE] == 'S' and tonumber(given) - tonumber(row[TOKEN])
    if newer and (newer > 0 or newer == 0 and state ~= 'S') then
      -- A success may stand in a journal although the shard had refused it, when its scheduler died before it took it back; any
      -- other end stands there because the shard had said so, and so does the success of the later of two runs.
      row[STATE], row[TOKEN], row[DIGEST], row[REASON] = state, given, digest, reason
      keep_result(id, result, false)
      record(id, row)
    end
    if row and is_end(row) then
      return (row[STATE] == state and 'A' or 'T') .. pack(row)
    end
    if not row then
      row = { 'R', '', '0', '', '0', '0', '0', NOW, NOW, '0', 'b', '0', '', '', digest, '0|0|1||||0|0|0|0|1|0' }
    end
    -- The run that succeeded, and no other one that may be under way.
    row[TOKEN] = state == 'S' and given or int(max(tonumber(row[TOKEN]), tonumber(given)))
    -- Another input may have come back first under the same key; the end was told of this one.
    row[DIGEST] = digest
    finish(id, row, state, reason, result)
    return 'D' .. pack(row)
  end

  -- Of one run: it was begun, its end made a dead letter of the task, and somebody redrove that; or it is to be tried again.
  local LATER = { L = 0, X = 1 }
  local STANDING = '^(%u)|(%d+)|(%d+)|(%d+)|([^|]*)|(%d+)|(%d+)|([^|]*)|(.*)$'

  local function is_news(state, given, state_before, given_before)
    if given == given_before then
      return (LATER[state] or 2) > (LATER[state_before] or 2)
    end
    return tonumber(given) > tonumber(given_before)
  end

  -- Its agent has it still.
  local function hold_lease(id, row, agent, since, due)
    local meta = meta_of(row)
    local was, tag, held = row[STATE], row[TAG], row[HOLD]
    if was == 'X' then
      keep_result(id, '', false)
    elseif was == 'L' then
      free_affinity(id, meta, row[AGENT])
    end
    bind(id, meta, agent, tonumber(due))
    row[STATE], row[AGENT], row[SINCE_MS], row[DUE_MS] = 'L', agent, since, due
    row[FLAGS], row[REASON], row[HOLD] = '', '', ''
    put(id, row, lease_end(meta, tonumber(due)))
    take(given_i, taken_i, id, meta.running_text)
    if meta.key ~= '' then
      take(given_j, taken_j, meta.key_start .. ' ' .. id, '0')
    end
    forget_counts(meta)
    leave(id, meta, was, tag, held)
  end

  -- Whether it changed anything.
  local function stand(id, row, word)
    local state, given, attempts, crashes, agent, since, due, reason, result = match(word, STANDING)
    local was = row[STATE]
    if is_end(row) or not is_news(state, given, was, row[TOKEN]) then
      return false
    end
    row[TOKEN], row[ATTEMPTS], row[CRASHES] = given, attempts, crashes
    row[CRASH_MS] = crashes == '0' and '0' or NOW
    token = max(token, tonumber(given))
    if state == 'X' then
      if was == 'X' then
        keep_result(id, '', false)
      end
      bury(id, row, reason, result)
      note(of_x, id, NOW)
    elseif state == 'L' then
      hold_lease(id, row, agent, since, due)
    elseif was == 'X' then
      revive(id, row)
    elseif was == 'L' then
      again(id, row, max(0, tonumber(due) - now), true)
    else
      record(id, row)
    end
    return true
  end

  local function restore(at)
    local id, word = ARGV[at], ARGV[at + 1]
    local row = load(id)
    if row then
      return (stand(id, row, word) and 'D' or 'A') .. pack(row)
    end
    local state, given = match(word, STANDING)
    local state_before, given_before = match(recall('n:' .. id) or '', STANDING)
    if not given_before then
      call('HINCRBY', m, 'words', '1')
      words = words + 1
    end
    if not given_before or is_news(state, given, state_before, given_before) then
      remember('n:' .. id, word, now + KEPT_MS)
    end
    return '?'
  end

  -- A task is there now of which a word was kept.
  local function stand_as_kept(at)
    local id = ARGV[at]
    local word = recall('n:' .. id)
    if word then
      call('HDEL', e, 'n:' .. id)
      call('ZREM', u, 'n:' .. id)
      call('HINCRBY', m, 'words', '-1')
      words = words - 1
      stand(id, load(id), word)
    end
  end

  local function resubmit(at)
    local id, meta_text = ARGV[at], ARGV[at + 1]
    local accepted, dedupe, window_ms = match(ARGV[at + 3], '^%d+|(%d+)|%d+|%d+|([^|]*)|(%d+)$')
    local row = load(id)
    local is_new = not row or row[FLAGS] == 'b'
    if row and is_new then
      row[FLAGS], row[ACCEPTED_MS], row[META] = '', accepted, meta_text
      row[PRIORITY] = meta_of(row).priority_text
      record(id, row)
    end
    -- The first of the same decides.
    local until_ms = tonumber(accepted) + tonumber(window_ms)
    if dedupe ~= '' and is_new and until_ms > now and not recall('d:' .. dedupe) then
      remember('d:' .. dedupe, id, until_ms)
    end
    if ARGV[at + 5] == '1' then
      return row and '=' .. pack(row) or '?'
    end
    local reply = submit(at)
    if words > 0 and sub(reply, 1, 1) == '+' then
      stand_as_kept(at)
    end
    return reply
  end

  return { V = redrive, R = replay_end, U = restore, B = resubmit, kept = stand_as_kept }
end

-- Time -----------------------------------------------------------------------------------------------------------------

local function time_operations()
  local function lease_over(id, row)
    if find(row[FLAGS], 'c', 1, true) then
      finish(id, row, 'C', row[REASON], '')
      return 'cancelled'
    end
    if now >= tonumber(row[DUE_MS]) then
      add_one(row, ATTEMPTS)
      row[REASON] = 'timeout'
      if tonumber(row[ATTEMPTS]) >= meta_of(row).attempt_max then
        bury(id, row, 'timeout', '')
      else
        again(id, row, meta_of(row).retry_ms, true)
      end
      return 'timeout'
    end
    if row[CRASHES] == '0' or now - tonumber(row[CRASH_MS]) > settings.crash_window_ms then
      row[CRASHES], row[CRASH_MS] = '1', NOW
    else
      add_one(row, CRASHES)
    end
    if tonumber(row[CRASHES]) >= settings.crash_max then
      bury(id, row, 'crashes', '')
    else
      again(id, row, 0, false)
    end
    return 'lost'
  end

  -- One priority up, and an earlier turn if that gives one.
  local function age(row)
    local old = row[TAG]
    add_one(row, PRIORITY)
    give_tag(row, meta_of(row))
    if old < row[TAG] then
      row[TAG] = old
    end
  end

  -- What happened to a task that waits: up to three words, or nil.
  local function waited(id, row)
    local meta = meta_of(row)
    if meta.queue_ms ~= 0 and now >= tonumber(row[SINCE_MS]) + meta.queue_ms then
      finish(id, row, 'E', 'queue-age', '')
      return 'expired'
    end
    local state, tag, held = row[STATE], row[TAG], row[HOLD]
    local noticed, aged, returned = nil, nil, nil
    if meta.notice_ms ~= 0 and now >= tonumber(row[DUE_MS]) then
      row[DUE_MS] = int(now + meta.notice_ms)
      noticed = 'waited'
    end
    local ages = ages_at(meta, row)
    if ages and now >= ages then
      age(row)
      aged = 'aged'
    end
    if state == 'H' then
      if sub(held, 1, 2) == 'a:' and now >= spills_at(meta, row) then
        row[FLAGS] = row[FLAGS] .. 's'
      end
      returned = 'returned'
    end
    enqueue(id, meta, row, state)
    if state == 'H' or tag ~= row[TAG] then
      leave(id, meta, state, tag, held)
    end
    return noticed, aged, returned
  end

  local function trim_dead(limit, out)
    settle(of_x)
    local over = min(limit, call('ZCARD', x) - settings.dead_max)
    if over <= 0 then
      return
    end
    local ids = call('ZRANGE', x, '0', int(over - 1), 'WITHSCORES')
    for index = 1, #ids, 2 do
      local id, row = ids[index], load(ids[index])
      if row and row[STATE] == 'X' then
        note(of_z, id, ids[index + 1])
        row[STATE] = 'F'
        local text = record(id, row)
        drop(of_b, id)
        local n = #out
        out[n + 1], out[n + 2], out[n + 3] = 'dropped', id, text
      end
      drop(of_x, id)
    end
  end

  -- By age, by number, and by the bytes of the results, the oldest first.
  local function trim_finished(limit)
    settle(of_z)
    local size = call('ZCARD', z)
    local ids = call('ZRANGE', z, '0', int(limit - 1), 'WITHSCORES')
    for index = 1, #ids, 2 do
      local id, old = ids[index], tonumber(ids[index + 1]) <= now - settings.finished_ms
      if not old and size <= settings.finished_max and bytes <= settings.bytes_max then
        return
      end
      keep_result(id, '', false)
      drop(of_b, id)
      drop(of_o, id)
      rows[id] = false
      drop(of_z, id)
      size = size - 1
    end
  end

  local function look(id, out)
    local row = load(id)
    if not row or row[STATE] == 'X' or is_end(row) then
      drop(of_d, id)
      if not row then
        drop(of_b, id)
      end
      return
    end
    local first, second, third
    if row[STATE] == 'L' then
      first = lease_over(id, row)
    elseif row[STATE] == 'D' then
      row[SINCE_MS] = NOW
      row[DUE_MS] = '0'
      enqueue(id, meta_of(row), row, 'D')
      first = 'promoted'
    else
      first, second, third = waited(id, row)
    end
    local words = { first or '', second or '', third or '' }
    for index = 1, 3 do
      if words[index] ~= '' then
        local n = #out
        out[n + 1], out[n + 2], out[n + 3] = words[index], id, pack(row)
      end
    end
  end

  local function tick(at)
    local limit = tonumber(ARGV[at])
    local events = {}
    if limit == 0 or hold_until > now then
      return { 't', call('HGETALL', s), events }
    end
    settle(of_d)
    local due = call('ZRANGEBYSCORE', d, '-inf', NOW, 'LIMIT', '0', ARGV[at])
    local waiting = call('ZRANGEBYSCORE', d, int(WAITING), int(WAITING + now), 'LIMIT', '0', ARGV[at])
    for index = 1, #due do
      look(due[index], events)
    end
    for index = 1, #waiting do
      look(waiting[index], events)
    end
    trim_dead(limit, events)
    trim_finished(limit)
    local names = call('ZRANGEBYSCORE', u, '-inf', NOW, 'LIMIT', '0', ARGV[at])
    for index = 1, #names do
      call('HDEL', e, names[index])
      call('ZREM', u, names[index])
    end
    write_finishes()
    local flows = call('ZRANGEBYSCORE', t, '-inf', int(v), 'LIMIT', '0', ARGV[at])
    for index = 1, #flows do
      call('ZREM', t, flows[index])
      finishes[flows[index]] = nil
    end
    return { 't', call('HGETALL', s), events }
  end

  return { X = tick }
end

-- Control --------------------------------------------------------------------------------------------------------------

-- Notes on agents.
local AGENT_KEPT_MS = 60000
local AGENTS_MAX = 10000
-- Looked at for their age; besides as many as are written, so that there are never more for long.
local AGENT_LOOKS = 50
local ROSTER_PAGE = 250
-- What is written has its place among all by its batch, and within it by its turn.
local NOTES_OF_BATCH = 1024
local noted = 0

local function control_operations()
  local function begin(at)
    hold_until = max(hold_until, now + min(tonumber(ARGV[at]), HOLD_MAX_MS))
    -- What was said to an earlier hold does not end this one.
    call('HINCRBY', m, 'era', '1')
    call('HSET', m, 'hold', int(hold_until))
    return 'o'
  end

  local function finish_replay(at)
    local era = call('HGET', m, 'era') or '0'
    call('HSET', m, 'y:' .. scheduler, era)
    local count = tonumber(ARGV[at])
    for index = at + 1, at + count do
      if call('HGET', m, 'y:' .. ARGV[index]) ~= era then
        return 'o'
      end
    end
    hold_until = 0
    call('HSET', m, 'hold', '0')
    return 'o'
  end

  local function set_policy(at)
    local old = call('HGET', m, 'routes') or ''
    local count = tonumber(ARGV[at + 2])
    local kept, names = {}, {}
    for index = 1, count do
      local route, text = ARGV[at + 1 + 2 * index], ARGV[at + 2 + 2 * index]
      call('HSET', m, 'p:' .. route, text)
      names[index] = route
      kept[route] = match(text, '^[^|]*|([^|]*)') ~= '' and 'rate' or 'plain'
    end
    for route in string.gmatch(old, '%d+') do
      if not kept[route] then
        call('HDEL', m, 'p:' .. route)
      end
      if kept[route] ~= 'rate' then
        call('HDEL', m, 'g:' .. route)
        rates[tonumber(route)], rates_changed[tonumber(route)] = nil, nil
      end
    end
    revision = ARGV[at]
    policies, metas, lanes = {}, {}, {}
    read_settings(ARGV[at + 1])
    -- What holds a few short names is a list to a server, which each change searches from its beginning. These change most.
    call('ZADD', i, '-1', LONG_NAME)
    call('ZADD', d, '9007199254740991', LONG_NAME)
    call('HSET', b, LONG_NAME, '')
    call('HSET', m, 'routes', concat(names, ' '), 'set', ARGV[at + 1], 'rev', revision)
    return 'o'
  end

  -- However many others there are, a fleet can be stopped, and somebody leads.
  local ALWAYS_ROOM = ' paused drain leader '
  local function set_switch(at)
    local name, value, at_ms = ARGV[at], ARGV[at + 1], ARGV[at + 2]
    local held = call('HGET', s, name) or ''
    local text = (value == '' or at_ms == '') and value or at_ms .. '|' .. value
    if at_ms ~= '' then
      local held_ms = max(tonumber(match(held, '^(%d+)|') or 0), tonumber(recall('x:' .. name) or 0))
      if tonumber(at_ms) < held_ms or (tonumber(at_ms) == held_ms and held ~= text) then
        return 'w' .. int(held_ms)
      end
      if value == '' then
        -- Another scheduler's journal may still bring what was said before.
        remember('x:' .. name, at_ms, now + KEPT_MS)
      end
    end
    if value == '' then
      call('HDEL', s, name)
    elseif held ~= '' or find(ALWAYS_ROOM, ' ' .. name .. ' ', 1, true) or call('HLEN', s) < SWITCHES_MAX then
      call('HSET', s, name, text)
    else
      return 'f'
    end
    paused = nil
    return 'o'
  end

  local function present(at)
    -- The beat that the sender has seen: of what came after, nobody knows what it had told by then.
    call('HSET', m, 'at:' .. scheduler, ARGV[8])
    local out = { 'p' }
    for index = at + 1, at + tonumber(ARGV[at]) do
      out[#out + 1] = call('HGET', m, 'at:' .. ARGV[index]) or '0'
    end
    return out
  end

  local function forget_agents(looks)
    local over = call('ZCARD', l) - AGENTS_MAX
    local names = call('ZRANGE', l, '0', int(looks - 1))
    if #names == 0 then
      return
    end
    local texts, old = call('HMGET', a, spread(names)), {}
    for index = 1, #names do
      local written = tonumber(match(texts[index] or '', '^%d+') or 0)
      if index <= over or written <= now - AGENT_KEPT_MS then
        old[#old + 1] = names[index]
      end
    end
    send('ZREM', l, old)
    send('HDEL', a, old)
  end

  local function roster(at)
    local after, count = tonumber(ARGV[at]), tonumber(ARGV[at + 1])
    local notes, turns = {}, {}
    for index = 1, count do
      local agent = ARGV[at + 2 * index]
      noted = noted + 1
      turns[2 * index - 1], turns[2 * index] = int(beat * NOTES_OF_BATCH + noted), agent
      notes[2 * index - 1], notes[2 * index] = agent, NOW .. '|' .. scheduler .. '|' .. ARGV[at + 1 + 2 * index]
    end
    send('HSET', a, notes)
    send('ZADD', l, turns)
    forget_agents(count + AGENT_LOOKS)
    local names = call('ZRANGEBYSCORE', l, int(after + 1), '9007199254740991', 'LIMIT', '0', int(ROSTER_PAGE))
    local size = #names
    if size == 0 then
      return { 'a', int(after) }
    end
    local texts = call('HMGET', a, spread(names))
    local out = { 'a', call('ZSCORE', l, names[size]) }
    for index = 1, size do
      out[2 * index + 1], out[2 * index + 2] = names[index], texts[index] or ''
    end
    return out
  end

  return { G = begin, Y = finish_replay, P = set_policy, W = set_switch, p = present, a = roster }
end

-- Reading --------------------------------------------------------------------------------------------------------------

local function reading_operations()
  local function get(at)
    flush()
    local text = call('HGET', o, ARGV[at])
    if not text or not load(ARGV[at]) then
      return '?'
    end
    return { 'g', text, call('HGET', b, ARGV[at]), call('HGET', r, ARGV[at]) }
  end

  local function list(at)
    flush()
    local of, lane, offset, limit = ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
    local pages
    if of == 'dead' then
      pages = { call('ZREVRANGE', x, int(offset), int(offset + limit - 1)) }
    elseif of == 'finished' then
      pages = { call('ZREVRANGE', z, int(offset), int(offset + limit - 1)) }
    else
      local LANE_AT, RUNNING_AT = int(lane), int(RUNNING + lane)
      local waiting = call('ZRANGEBYSCORE', i, LANE_AT, LANE_AT, 'LIMIT', int(offset), int(limit))
      pages = { waiting }
      if #waiting < limit then
        local skipped = max(0, offset - call('ZCOUNT', i, LANE_AT, LANE_AT))
        pages[2] = call('ZRANGEBYSCORE', i, RUNNING_AT, RUNNING_AT, 'LIMIT', int(skipped), int(limit - #waiting))
      end
    end
    local out = { 'l' }
    for page = 1, #pages do
      for index = 1, #pages[page] do
        local id = pages[page][index]
        local text = call('HGET', o, id)
        if text and load(id) then
          local n = #out
          out[n + 1], out[n + 2] = id, text
        end
      end
    end
    return out
  end

  local function inspect(at)
    flush()
    local id, count = ARGV[at], tonumber(ARGV[at + 1])
    local lanes = {}
    for index = at + 2, at + 1 + count do
      local lane = tonumber(ARGV[index])
      local policy, route = policy_of(lane)
      local until_ms = 0
      if policy and policy.rate_count then
        local after, interval = take_start(policy, route)
        if not after then
          until_ms = math.ceil((rest_us(route) + interval) / 1000) - policy.rate_ms
        end
      end
      local n = #lanes
      lanes[n + 1], lanes[n + 2] = ARGV[index], int(call('ZCOUNT', i, int(lane), int(lane)))
      lanes[n + 3] = int(call('ZCOUNT', i, int(RUNNING + lane), int(RUNNING + lane)))
      lanes[n + 4], lanes[n + 5] = int(count_route(running, route, RUNNING)), int(until_ms)
      local first = call('ZRANGEBYSCORE', q, int(lane), int(lane), 'LIMIT', '0', '1')[1]
      local head = first and load(match(first, '^[^:]*:(.*)$'))
      lanes[n + 6] = head and head[ACCEPTED_MS] or '0'
    end
    local task = {}
    local row = id ~= '' and load(id) or nil
    if row then
      local meta = meta_of(row)
      local ahead = 0
      if row[STATE] == 'R' then
        local rank = call('ZRANK', q, row[TAG] .. ':' .. id) or 0
        ahead = rank - call('ZCOUNT', q, '-inf', int(meta.lane - 1))
      end
      local count = meta.key ~= '' and count_key(meta) or 0
      task = { pack(row), int(ahead), int(count) }
      local agent = meta.affinity ~= '' and recall('a:' .. meta.affinity) or nil
      if agent then
        task[4], task[5] = agent, call('ZSCORE', u, 'a:' .. meta.affinity)
      end
    end
    local counts = {
      int(call('ZCARD', q)),
      int(call('ZCARD', w)),
      int(call('ZCARD', x)),
      int(call('ZCARD', z)),
      int(bytes),
      int(call('HEXISTS', s, 'paused')),
    }
    return { 'f', counts, lanes, task }
  end

  local function claimed(at)
    flush()
    local out = { 'c', '', '0' }
    local number, list_of = match(call('HGET', m, claimed_by(ARGV[at])) or '', '^(%d+) (.*)$')
    if number ~= ARGV[at] then
      return out
    end
    for id, given in string.gmatch(list_of, '([^| ]+)|(%d+)') do
      local row = load(id)
      if row and row[STATE] == 'L' and row[TOKEN] == given then
        local n = #out
        out[n + 1], out[n + 2] = id, pack(row)
        out[n + 3], out[n + 4] = call('HGET', b, id) or '', call('ZSCORE', d, id) or '0'
      end
    end
    out[3] = int((#out - 3) / 4)
    return out
  end

  return { g = get, l = list, i = inspect, c = claimed }
end

-- By letter.
local OPERATIONS = {
  S = submit, -- id, meta, digest, '' or delay|accepted|attempts|crashes|dedupe|window, body
  C = claim, -- count, looks, lanes, agents: lane ... agent ...
  A = complete, -- id, token, result
  N = fail, -- id, token, then, delay, reason, result, attempts at most or ''
  H = heartbeat, -- id, token
}
local FURTHER = {
  K = waiting_operations, -- id, reason
  M = waiting_operations, -- id, reason
  L = waiting_operations, -- id, lane
  V = returning_operations, -- id
  R = returning_operations, -- id, state, token, digest, reason, result
  U = returning_operations, -- id, standing
  B = returning_operations, -- as S, then '1' when it is over
  kept = returning_operations, -- after S: no operation of a batch
  X = time_operations, -- limit
  G = control_operations, -- hold
  Y = control_operations, -- schedulers: scheduler ...
  P = control_operations, -- revision, settings, routes: route, policy ...
  W = control_operations, -- name, value, when it was said or ''
  p = control_operations, -- schedulers: scheduler ...
  a = control_operations, -- after, notes: agent, note ...
  g = reading_operations, -- id
  l = reading_operations, -- of, lane, offset, limit
  i = reading_operations, -- id, lanes: lane ...
  c = reading_operations, -- number of the batch
}
-- How many arguments an operation has, its letter included; of those with lists, without them.
local LENGTH = { S = 6, A = 4, N = 8, H = 3, K = 3, M = 3, L = 3, V = 2, X = 2, R = 7, U = 3, B = 7, G = 2, W = 4, g = 2, l = 5, c = 2 }

local function length_of(letter, at)
  if letter == 'C' then
    return 5 + tonumber(ARGV[at + 3]) + tonumber(ARGV[at + 4])
  elseif letter == 'P' then
    return 4 + 2 * tonumber(ARGV[at + 3])
  elseif letter == 'Y' or letter == 'p' then
    return 2 + tonumber(ARGV[at + 1])
  elseif letter == 'a' then
    return 3 + 2 * tonumber(ARGV[at + 2])
  end
  return 3 + tonumber(ARGV[at + 2])
end

local function operation_of(letter)
  local known = OPERATIONS[letter]
  if known then
    return known
  end
  for name, operation in pairs(FURTHER[letter]()) do
    OPERATIONS[name] = operation
  end
  return OPERATIONS[letter]
end

-- While a hold lasts the shard may lack the end of a task: nothing that could end it otherwise.
local HELD_BACK = { A = true, N = true, K = true, M = true, V = true }

-- Reads the records that the batch will want with one command, and counts before what they count is changed. Returns where the
-- operations begin.
local READS_RECORD = { S = true, A = true, N = true, H = true }

local function look_ahead()
  local ids, starts, size, at = {}, {}, 0, 10
  for index = 1, tonumber(ARGV[9]) do
    starts[index] = at
    local letter = ARGV[at]
    if READS_RECORD[letter] then
      size = size + 1
      ids[size] = ARGV[at + 1]
    end
    if letter == 'S' then
      local meta = meta_from(ARGV[at + 2])
      if meta.policy and waiting[meta.route] == nil then
        count_route(waiting, meta.route, 0)
      end
    elseif letter == 'C' then
      wanted = wanted + tonumber(ARGV[at + 1]) * tonumber(ARGV[at + 4])
      local lane_count = tonumber(ARGV[at + 3])
      local some = lane_count > FEW_LANES and ready_lanes(floor(lane_count / 2))
      for index = at + 5, at + 4 + lane_count do
        local lane = not (some and not some[ARGV[index]]) and lane_of(ARGV[index])
        if lane and lane.policy and lane.policy.in_flight then
          count_route(running, lane.route, RUNNING)
        end
      end
    end
    at = at + (LENGTH[letter] or length_of(letter, at))
  end
  if size > 1 then
    local texts = call('HMGET', o, spread(ids))
    for index = 1, size do
      stored[ids[index]] = texts[index]
    end
  end
  return starts
end

local replies = {}
local starts = look_ahead()
for index = 1, #starts do
  local at = starts[index]
  local letter = ARGV[at]
  if hold_until > now and HELD_BACK[letter] then
    replies[index] = 'h'
  else
    local reply = (OPERATIONS[letter] or operation_of(letter))(at + 1)
    -- Another scheduler's journal may have had a word on it before.
    if words > 0 and letter == 'S' and sub(reply, 1, 1) == '+' then
      operation_of('kept')(at + 1)
    end
    replies[index] = reply
  end
end

if torn then
  call('UNLINK', spread(KEYS))
  return { 'gap', '0', '0', '0' }
end
flush()
write_finishes()
for route in pairs(rates_changed) do
  call('HSET', m, 'g:' .. int(route), int(rates[route]))
end
if #leases > 0 then
  call('HSET', m, claimed_by(batch), batch .. ' ' .. concat(leases, ' '))
end
local ready = int(call('ZCARD', q))
local left = int(beat + 1) .. '|' .. int(call('EXISTS', spread(KEYS)))
call('HSET', m, 'keys', left, 'v', int(v), 'token', int(token), 'bytes', int(bytes), 'beat', int(beat + 1),
  'n:' .. scheduler, batch, 'hw:' .. scheduler, lsn)
return { 'ok', NOW, int(beat + 1), revision, int(hold_until > now and hold_until or 0), ready, replies }

end)()
