/** One bug: what it does, and the text of the script that is replaced by another. */
export type LuaMutant = readonly [sentence: string, find: string, replace: string];

/**
 * Bugs that a script like `apply.lua` could have, and many queues have had. Each is planted alone; the conformance suite must
 * see it. The text to be replaced must stand in the script once only, so that nothing rots here unseen.
 */
export const LUA_MUTANTS: readonly LuaMutant[] = [
  // Positions and time
  ['takes a batch from any position', "(head[1] or '0') ~= prev_lsn or", 'false or'],
  ['does not see that it has forgotten batches', 'beat < tonumber(ARGV[8])', 'false'],
  ['does not see that a batch before this one is missing', "(head[9] or '0') ~= ARGV[6]", 'false'],
  ['does not move the position', "'hw:' .. scheduler, lsn)", "'hw:' .. scheduler, prev_lsn)"],
  ['does not count its batches', "'beat', int(beat + 1),", "'beat', int(beat),"],
  ['does not keep which batch was the last', "'n:' .. scheduler, batch,", "'n:' .. scheduler, ARGV[6],"],
  // Tokens
  [
    'forgets which tokens schedulers have seen',
    'max(tonumber(head[3] or 0), tonumber(ARGV[7]))',
    'tonumber(head[3] or 0)',
  ],
  ['gives the same token again', 'token = max(token + 1, tonumber(last) + 1, now_us)', 'token = max(token, now_us)'],
  ['takes a task with a key for a plain one', "if meta.key ~= '' or meta.affinity", 'if meta.affinity'],
  ['takes a task with an affinity for a plain one', "or meta.affinity ~= '' or meta.lane_text", 'or meta.lane_text'],
  ['completes whatever token is shown', 'mine = given == row[TOKEN]', 'mine = true'],
  ['completes a lease whatever token is shown', 'if held_by ~= given then', 'if not held_by then'],
  ['forgets within a batch that a task was completed', 'stored[id] = over\n', ''],
  ['lets a late completion pass that was overtaken', 'mine = tonumber(given) >= tonumber(row[TOKEN])', 'mine = true'],
  [
    'fails whatever token is shown',
    "if row[STATE] ~= 'L' or row[TOKEN] ~= given then\n    local over",
    "if row[STATE] ~= 'L' then\n    local over",
  ],
  [
    'keeps a lease alive whatever token is shown',
    "if row[STATE] ~= 'L' or row[TOKEN] ~= given then\n    return hold_until",
    "if row[STATE] ~= 'L' then\n    return hold_until",
  ],
  [
    'ends a task again',
    "return (row[STATE] == 'S' and row[TOKEN] == given and 'A' or 'T') .. pack(row)",
    "row[STATE] = 'L'",
  ],
  // Capacity
  ['counts no runs', 'take(given_i, taken_i, id, meta.running_text)\n  if waiting', 'if waiting'],
  [
    'leaks capacity when a lease ends',
    "if from == 'L' then\n    give_back(given_i, taken_i, id, meta.lane_text)\n  elseif from == '' or from == 'X' then",
    "if from == '' or from == 'X' then",
  ],
  [
    'leaks capacity when a retry waits',
    "if from == 'L' then\n    give_back(given_i, taken_i, id, meta.lane_text)\n  elseif from == '' then",
    "if from == '' then",
  ],
  ['leaks a key’s place', 'free_key(id, meta, false)', ''],
  [
    'leaks the place of a key whose task has ended',
    'note(of_z, id, NOW)\n  free_key(id, meta, true)\n  give_back',
    'note(of_z, id, NOW)\n  give_back',
  ],
  [
    'starts one too many',
    'count_route(running, route, RUNNING) >= policy.in_flight',
    'count_route(running, route, RUNNING) > policy.in_flight',
  ],
  [
    'lets one more wait than there is room for',
    'count_route(waiting, meta.route, 0) < policy.depth_max',
    'count_route(waiting, meta.route, 0) <= policy.depth_max',
  ],
  ['takes the end of one input for that of another', 'row[DIGEST] = digest', ''],
  ['wakes nobody whose key is free again', "if meta.key ~= '' then\n    wake(meta)\n  end", ''],
  ['starts faster than the rate', 'if after - now_us <= policy.rate_ms * 1000 then', 'if true then'],
  // Turns
  [
    'hands out the last one first',
    '(not best or tag_of(member) < tag_of(best))',
    '(not best or tag_of(member) > tag_of(best))',
  ],
  ['charges nobody for a turn', 'finishes[flow] = start + step', 'finishes[flow] = start'],
  ['treats every priority alike', 'floor(meta.cost / 4 ^ tonumber(priority))', 'floor(meta.cost)'],
  ['makes an interrupted task wait behind the others', "if pays then\n    row[TAG] = ''\n  end", "row[TAG] = ''"],
  ['lets a retry keep its turn', "if pays then\n    row[TAG] = ''\n  end", ''],
  ['loses the priority of a retry', "row[FLAGS] = ''\n  free_key", "row[FLAGS], row[PRIORITY] = '', '0'\n  free_key"],
  ['keeps the raised priority of a dead letter', 'row[PRIORITY] = int(meta.base_priority)', ''],
  // Leases and attempts
  ['never looks at a lease that runs out', 'first = lease_over(id, row)', 'first = nil'],
  ['counts no attempts', "if what ~= 'release' then\n    add_one(row, ATTEMPTS)\n  end", ''],
  ['counts a release as an attempt', "if what ~= 'release' then", 'if true then'],
  ['counts no crashes', 'if tonumber(row[CRASHES]) >= settings.crash_max then', 'if false then'],
  ['lets a run go on for ever', 'and due or min(now + meta.lease_ms, due)', 'and due or now + meta.lease_ms'],
  ['runs on what was cancelled', "if find(row[FLAGS], 'c', 1, true) then\n      finish", 'if false then\n      finish'],
  [
    'runs again what was to end',
    "if find(row[FLAGS], 'c', 1, true) then\n    return 'D'",
    "if false then\n    return 'D'",
  ],
  // Ends and losses
  ['accepts a task it knows', "if known then\n    return '='", "if false then\n    return '='"],
  ['refuses a replay for want of room', 'if not replay then\n    refused, shed', 'if true then\n    refused, shed'],
  [
    'takes a replay for a duplicate',
    "if dedupe ~= '' and not replay then\n    local of",
    "if dedupe ~= '' then\n    local of",
  ],
  ['claims during a hold', "if hold_until > now then\n    held = 'hold'", "if false then\n    held = 'hold'"],
  ['ends tasks during a hold', 'hold_until > now and HELD_BACK[letter]', 'false and HELD_BACK[letter]'],
  [
    'looks at leases during a hold',
    "if hold_until > now then\n      return { 't'",
    "if false then\n      return { 't'",
  ],
  ['ends a hold for one of several schedulers', "if call('HGET', m, 'y:' .. ARGV[index]) ~= era then", 'if false then'],
  ['takes an older word for the end of a new hold', "call('HINCRBY', m, 'era', '1')", "call('HINCRBY', m, 'era', '0')"],
  [
    'takes a scheduler’s word for more than it has seen',
    "'at:' .. scheduler, ARGV[8])",
    "'at:' .. scheduler, int(beat))",
  ],
  ['keeps no word of who lacks nothing', "call('HSET', m, 'at:' .. scheduler, ARGV[8])", ''],
  ['replays an end over one that it has', 'if row and is_end(row) then', 'if false then'],
  [
    'forgets a replayed end that it never knew',
    'if not row then\n      row = {',
    "if not row then\n      return '?'\n    end\n    if false then\n      row = {",
  ],
  ['gives what a lost answer handed out to whoever asks', 'if number ~= ARGV[at] then', 'if false then'],
  [
    'says that a lease is still lost that has ended',
    "if row and row[STATE] == 'L' and row[TOKEN] == given then",
    'if row then',
  ],
  [
    'takes a replayed success for that of the run under way',
    "row[TOKEN] = state == 'S' and given or int(",
    'row[TOKEN] = int(',
  ],
  ['lets the earlier of two successes stand', "state == 'S' and tonumber(given) > tonumber(row[TOKEN])", 'false'],
  // Coming back
  ['tells an agent during a hold that its lease is gone', "return hold_until > now and 'h' or 'T'", "return 'T'"],
  ['tells an agent during a hold that its task is gone', "return hold_until > now and 'h' or '?'", "return '?'"],
  [
    'forgets a word whose task is not there yet',
    'if not given_before or is_news(state, given, state_before, given_before) then\n      remember(',
    'if false then\n      remember(',
  ],
  [
    'keeps the last word instead of the latest',
    'if not given_before or is_news(state, given, state_before, given_before) then',
    'if true then',
  ],
  ['does nothing with a word that it kept', 'stand(id, load(id), word)', ''],
  ['does nothing with a word that it kept when its task comes anew', "operation_of('kept')(at + 1)", ''],
  [
    'does it again with the next task of that name',
    "call('HDEL', e, 'n:' .. id)\n      call('ZREM', u, 'n:' .. id)\n      call('HINCRBY', m, 'words', '-1')\n      words = words - 1",
    '',
  ],
  [
    'takes an old word for news',
    'if is_end(row) or not is_news(state, given, was, row[TOKEN]) then',
    'if is_end(row) then',
  ],
  ['restores what has ended', 'if is_end(row) or not is_news(', 'if not is_news('],
  ['does not see that a run was given back', 'return (LATER[state] or 2) > (LATER[state_before] or 2)', 'return false'],
  [
    'restores a run without counting it',
    'take(given_i, taken_i, id, meta.running_text)\n    if meta.key',
    'if meta.key',
  ],
  [
    'restores a run without its key',
    "take(given_j, taken_j, meta.key_start .. ' ' .. id, '0')\n    end\n    forget_counts(meta)\n    leave(",
    'end\n    forget_counts(meta)\n    leave(',
  ],
  [
    'hands out what a restored run has',
    'forget_counts(meta)\n    leave(id, meta, was, tag, held)\n  end',
    'forget_counts(meta)\n  end',
  ],
  [
    'keeps the result of a dead letter that runs',
    "keep_result(id, '', false)\n    end\n    row[STATE], row[AGENT]",
    'end\n    row[STATE], row[AGENT]',
  ],
  [
    'loses a dead letter of which it hears again',
    'bury(id, row, reason, result)\n      note(of_x, id, NOW)',
    'bury(id, row, reason, result)',
  ],
  [
    'keeps the result of an earlier dead letter',
    "keep_result(id, '', false)\n      end\n      bury",
    'end\n      bury',
  ],
  ['hands out a token that a restored run has', 'token = max(token, tonumber(given))', ''],
  [
    'runs a retry at once that should wait',
    'again(id, row, max(0, tonumber(due) - now), true)',
    'again(id, row, 0, true)',
  ],
  [
    'ends a lease that lasts as long as its run when the clock was set back',
    'return meta.lease_ms >= meta.run_ms and due or min(',
    'return min(',
  ],
  [
    'counts no crashes of before',
    'row[TOKEN], row[ATTEMPTS], row[CRASHES] = given, attempts, crashes',
    'row[TOKEN], row[ATTEMPTS] = given, attempts',
  ],
  ['runs what is over', "if ARGV[at + 5] == '1' then", 'if false then'],
  ['does not say what was submitted', 'if row and is_new then', 'if false then'],
  [
    'says what was submitted again and again',
    "row[FLAGS], row[ACCEPTED_MS], row[META] = '', accepted",
    'row[ACCEPTED_MS], row[META] = accepted',
  ],
  ['lets the last of the same decide', "and not recall('d:' .. dedupe) then", 'then'],
  ['begins the window anew with each repetition', "if dedupe ~= '' and is_new and", "if dedupe ~= '' and"],
  [
    'begins the window anew',
    'local until_ms = tonumber(accepted) + tonumber(window_ms)',
    'local until_ms = now + tonumber(window_ms)',
  ],
  ['lets an earlier word set a switch', "return 'w' .. int(held_ms)", ''],
  ['forgets when a switch was cleared', "remember('x:' .. name, at_ms, now + KEPT_MS)", ''],
  // Writing at the end
  ['counts what waits before it has written it', 'settle(given_i)\n    settle(taken_i)', ''],
  ['counts what runs for a key before it has written it', 'settle(given_j)\n  settle(taken_j)', ''],
  [
    'wakes by what it has not written',
    "local name = 'k:' .. meta.key_start\n  settle(of_w)",
    "local name = 'k:' .. meta.key_start",
  ],
  ['reads what has left a lane', 'if of_q.gone then\n      flush()\n    end', ''],
  ['reads what was moved to another lane', 'of_q.gone = true', ''],
  ['reads a lane without what has just come', 'if of_q.at[member] == lane_text and', 'if false and'],
  ['hands out what comes later before what it has not read', 'and not (last and member > last)', ''],
  ['looks for times that it has not written', 'settle(of_d)', ''],
  [
    'forgets what it has held for its agent',
    "settle(of_w)\n  local member = call('ZRANGEBYLEX', w, '[a:'",
    "local member = call('ZRANGEBYLEX', w, '[a:'",
  ],
  ['keeps dead letters that it has not written', 'settle(of_x)', ''],
  ['knows a task again that it has trimmed', 'rows[id] = false', ''],
  ['reads before it has written', 'local function get(at)\n    flush()', 'local function get(at)'],
  ['counts a result again that is there', 'settle(of_r)', ''],
  ['forgets ended tasks that it has not written', 'settle(of_z)', ''],
  ['sheds by what it has not written', 'settle(of_q)\n  local members', 'local members'],
  // Bounds
  ['keeps the results of tasks it has forgotten', "keep_result(id, '', false)\n      drop(of_b, id)", 'drop(of_b, id)'],
  [
    'keeps every ended task',
    'if not old and size <= settings.finished_max and bytes <= settings.bytes_max then',
    'if true then',
  ],
  ['keeps every dead letter', 'if over <= 0 then', 'if true then'],
  [
    'keeps a name longer than it should',
    "if value and tonumber(call('ZSCORE', u, name) or 0) > now then",
    'if value then',
  ],
  [
    'keeps no body for the one that runs a task',
    "bodies[id] or call('HGET', b, id) or '', int(until_ms)",
    "'', int(until_ms)",
  ],
];
