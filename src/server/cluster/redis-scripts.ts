// RedisScripts: each change of the shared room is one script, so that it happens as a whole or not at all. Redis's own clock counts, since
// the servers' clocks differ.
//
// Keys, all with one hash tag, so that they stay together in a Redis Cluster:
//   :room          hash: id, run (the Redis process that gave the last numbers), next number, beat (time of the last), chat tokens
//   :leases        sorted set: server by the end of its lease, in ms
//   :servers       hash: server → JSON {name, version, users, leaving}
//   :seq           hash: server → its last batch and how many of the batch's chats were accepted
//   :log           stream of entries
//   :ids:KEY, :connections:KEY, :tickets:KEY   what one server has
//   :dead          sorted set: server by the end of its tickets
//
// All but the first expire when nobody has used the room for a while. The counter stays, so that no id is given twice.
import { ID_GAP, LEASE_MS, LOG_LENGTH, MAX_LEASE_MS, PAUSE_MS } from './backplane.js';

/** After this time without any server, only the counter of a room is kept. */
const KEEP_MS = 24 * 60 * 60 * 1000;

const HEAD = `
local p = KEYS[1]
local room, leases, servers, log, dead = p..':room', p..':leases', p..':servers', p..':log', p..':dead'
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function append(...) return redis.call('XADD', log, 'MAXLEN', '~', ${LOG_LENGTH}, '*', ...) end
local function states()
  local list = {}
  local all = redis.call('ZRANGE', leases, 0, -1, 'WITHSCORES')
  for i = 1, #all, 2 do
    local info = redis.call('HGET', servers, all[i])
    if info then list[#list + 1] = { all[i], info, math.max(0, math.floor(all[i + 1] - now)) } end
  end
  return list
end
local function run()
  local ok, info = pcall(redis.call, 'INFO', 'server')
  return ok and type(info) == 'string' and string.match(info, 'run_id:(%w+)') or 'unknown'
end
local function finish(key, graceMs)
  redis.call('ZREM', leases, key)
  redis.call('HDEL', servers, key)
  redis.call('HDEL', p..':seq', key)
  redis.call('UNLINK', p..':ids:'..key, p..':connections:'..key)
  if redis.call('EXISTS', p..':tickets:'..key) == 1 then
    redis.call('PEXPIRE', p..':tickets:'..key, graceMs)
    redis.call('ZADD', dead, now + graceMs, key)
  end
  append('s', key, 'k', 'gone')
end
`;

/** ARGV: key, name, version, users, floor, newest batch, creates, id for a new room. */
const JOIN = `${HEAD}
local key, wanted = ARGV[1], ARGV[2]
if redis.call('EXISTS', room) == 0 then
  if ARGV[7] ~= '1' then return false end
  redis.call('DEL', leases, servers, log, dead, p..':seq')
  local floor = tonumber(ARGV[5])
  local first = floor > 0 and floor + ${ID_GAP} or 1
  redis.call('HSET', room, 'id', ARGV[8], 'run', run(), 'next', string.format('%.0f', first), 'beat', now)
end
local known = redis.call('ZSCORE', leases, key)
local info = known and cjson.decode(redis.call('HGET', servers, key) or '{}') or {}
if not info.name then
  local taken = {}
  for _, text in ipairs(redis.call('HVALS', servers)) do
    local other = cjson.decode(text)
    if not other.leaving then taken[other.name] = true end
  end
  local base = wanted
  if base == '' then
    base = 's'
    for letter in string.gmatch('abcdefghijklmnopqrstuvwxyz', '.') do
      if not taken[letter] then base = letter break end
    end
  end
  local name, n = base, 1
  while taken[name] do n = n + 1 name = base..'-'..n end
  info.name = name
end
redis.call('ZADD', leases, now + ${LEASE_MS}, key)
redis.call('ZREM', dead, key)
redis.call('PERSIST', p..':tickets:'..key)
if not known then redis.call('HSET', p..':seq', key, ARGV[6]..' 0') end
redis.call('HSET', servers, key, cjson.encode({ name = info.name, version = ARGV[3], users = tonumber(ARGV[4]) }))
local last = redis.call('XREVRANGE', log, '+', '-', 'COUNT', 1)
return { redis.call('HGET', room, 'id'), last[1] and last[1][1] or '0-0', info.name, known and 1 or 0, states() }
`;

/** ARGV: key, users, grace in ms. */
const BEAT = `${HEAD}
local key = ARGV[1]
local info = redis.call('HGET', servers, key)
if not info or not redis.call('ZSCORE', leases, key) then return false end
for _, other in ipairs(redis.call('ZRANGEBYSCORE', leases, now + ${MAX_LEASE_MS}, '+inf')) do
  redis.call('ZADD', leases, now + ${LEASE_MS}, other) -- the clock was set back
end
local paused = now - tonumber(redis.call('HGET', room, 'beat') or '0') > ${PAUSE_MS}
redis.call('HSET', room, 'beat', now)
local server = cjson.decode(info)
if not server.leaving then redis.call('ZADD', leases, now + ${LEASE_MS}, key) end
if server.users ~= tonumber(ARGV[2]) then
  server.users = tonumber(ARGV[2])
  redis.call('HSET', servers, key, cjson.encode(server))
end
if paused then
  for _, other in ipairs(redis.call('ZRANGEBYSCORE', leases, '-inf', now + ${PAUSE_MS})) do
    redis.call('ZADD', leases, now + ${PAUSE_MS}, other)
  end
else
  for _, other in ipairs(redis.call('ZRANGEBYSCORE', leases, '-inf', now)) do finish(other, ARGV[3]) end
end
redis.call('ZREMRANGEBYSCORE', dead, '-inf', now)
-- Not before the others: a script that has written something is let through by a Redis that is out of memory.
for _, used in ipairs({ leases, servers, log, dead, p..':seq', p..':ids:'..key, p..':connections:'..key, p..':tickets:'..key }) do
  redis.call('PEXPIRE', used, ${KEEP_MS})
end
local oldest = redis.call('XLEN', log) >= ${LOG_LENGTH} and redis.call('XRANGE', log, '-', '+', 'COUNT', 1)[1]
return { states(), oldest and oldest[1] or false }
`;

/** ARGV: key, batch as JSON, chat rate, chat burst. */
const PUBLISH = `${HEAD}
local key, batch = ARGV[1], cjson.decode(ARGV[2])
if not redis.call('ZSCORE', leases, key) then return false end
local seq, accepted = string.match(redis.call('HGET', p..':seq', key) or '', '(%d+) (%d+)')
if seq and batch.seq <= tonumber(seq) then return tonumber(accepted) end
local ids, connections, tickets = p..':ids:'..key, p..':connections:'..key, p..':tickets:'..key
local fields = { 's', key, 'n', batch.seq }
local function tell(name, text) fields[#fields + 1] = name fields[#fields + 1] = text end
if #batch.joined > 0 then
  redis.call('SADD', ids, unpack(batch.joined))
  tell('j', table.concat(batch.joined, ' '))
end
if #batch.left > 0 then
  redis.call('SREM', ids, unpack(batch.left))
  tell('l', table.concat(batch.left, ' '))
end
for _, change in ipairs(batch.tickets) do
  if change[2] == cjson.null then redis.call('HDEL', tickets, change[1])
  else
    local ticket = change[2]
    local text = ticket.id..' '..string.format('%.0f', ticket.since)..' '..(ticket.chatPosition or '')
    redis.call('HSET', tickets, change[1], text)
  end
end
for _, change in ipairs(batch.connections) do
  if redis.call('HINCRBY', connections, change[1], change[2]) <= 0 then redis.call('HDEL', connections, change[1]) end
  tell('c', change[1]..' '..change[2])
end
for _, network in ipairs(batch.wrongTokens) do tell('w', network) end
accepted = #batch.chats
if accepted > 0 then
  local rate, burst = tonumber(ARGV[3]), tonumber(ARGV[4])
  local chat = redis.call('HMGET', room, 'tokens', 'tokensAt')
  local tokens = math.min(burst, (tonumber(chat[1]) or burst) + math.max(0, now - (tonumber(chat[2]) or now)) * rate / 1000)
  accepted = math.min(accepted, math.floor(tokens))
  redis.call('HSET', room, 'tokens', tokens - accepted, 'tokensAt', now)
  for i = 1, accepted do tell('m', batch.chats[i]) end
end
if #fields > 4 then append('k', 'batch', unpack(fields)) end
redis.call('HSET', p..':seq', key, batch.seq..' '..accepted)
return accepted
`;

/** ARGV: count, floor. A Redis that restarted or failed over may have lost the latest numbers, so it leaves a gap. */
const RESERVE = `${HEAD}
if redis.call('EXISTS', room) == 0 then return redis.error_reply('NOROOM there is no room') end
local from = math.max(tonumber(redis.call('HGET', room, 'next') or '1'), tonumber(ARGV[2]) + 1)
local current = run()
if redis.call('HGET', room, 'run') ~= current then from = from + ${ID_GAP} end
local till = from + tonumber(ARGV[1])
redis.call('HSET', room, 'next', string.format('%.0f', till), 'run', current)
return { string.format('%.0f', from), string.format('%.0f', till) }
`;

/** ARGV: key, hash. */
const CLAIM = `${HEAD}
local key, hash = ARGV[1], ARGV[2]
if not redis.call('ZSCORE', leases, key) then return redis.error_reply('NOLEASE the lease has ended') end
redis.call('ZREMRANGEBYSCORE', dead, '-inf', now)
for _, from in ipairs({ leases, dead }) do
  for _, owner in ipairs(redis.call('ZRANGE', from, 0, -1)) do
    local ticket = redis.call('HGET', p..':tickets:'..owner, hash)
    if ticket then
      local id = string.match(ticket, '^%S+')
      redis.call('HDEL', p..':tickets:'..owner, hash)
      redis.call('SREM', p..':ids:'..owner, id)
      redis.call('HSET', p..':tickets:'..key, hash, ticket)
      redis.call('SADD', p..':ids:'..key, id)
      append('s', key, 'k', 'moved', 'i', id, 'h', hash)
      return ticket
    end
  end
end
return false
`;

/** ARGV: key, hold in ms, grace in ms. */
const LEAVE = `${HEAD}
local key = ARGV[1]
local info = redis.call('HGET', servers, key)
if not info then return 0 end
if redis.call('SCARD', p..':ids:'..key) == 0 then finish(key, ARGV[3]) return 1 end
local server = cjson.decode(info)
server.leaving = true
redis.call('HSET', servers, key, cjson.encode(server))
redis.call('ZADD', leases, now + tonumber(ARGV[2]), key)
return 1
`;

/** ARGV: key. */
const SNAPSHOT = `${HEAD}
local last = redis.call('XREVRANGE', log, '+', '-', 'COUNT', 1)
local ids, connections = p..':ids:'..ARGV[1], p..':connections:'..ARGV[1]
return { last[1] and last[1][1] or '0-0', redis.call('SMEMBERS', ids), redis.call('HGETALL', connections) }
`;

export const SCRIPTS = { SNAPSHOT, JOIN, BEAT, PUBLISH, RESERVE, CLAIM, LEAVE } as const;
