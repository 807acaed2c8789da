-- Moves entries from the line to the batch that a worker settles, and decides there and then whether their carts live.
-- The cart keys are built from the entries; they share the product's slot.
--
-- KEYS: 1 sale, 2 queue, 3 processing, 4 left, 5 pace
-- ARGV: 1 fence, 2 most entries to claim (1…1000), 3 most entries to drop when sold out, 4 product
-- Result: {'claimed', number, attempts, line length behind the batch, last_ticket, batch element …}, {'empty'}, {'paused'},
--         {'missing'}, {'fenced', fence}, {'sold_out', remaining, last_ticket}
-- A batch element is a verdict, a blank, and the entry's bytes: `live 1:7:1:alice`, also `expired`, `left`, `unreadable`.
-- Attempts are counted here, before anything is tried, so that a batch that kills its worker counts too.
local sale = redis.call('HMGET', KEYS[1], 'nonce', 'state', 'fence', 'claim', 'sold_out_after', 'last_ticket', 'alone')
if not sale[1] then return { 'missing' } end
local fence = tonumber(ARGV[1])
local seen = tonumber(sale[3] or 0)
if fence < seen then return { 'fenced', seen } end
if fence > seen then redis.call('HSET', KEYS[1], 'fence', ARGV[1]) end

local unfinished = redis.call('LRANGE', KEYS[3], 0, -1)
if #unfinished > 0 then
    local attempts = redis.call('HINCRBY', KEYS[1], 'attempts', 1)
    local reply = { 'claimed', tonumber(sale[4]), attempts, redis.call('LLEN', KEYS[2]), tonumber(sale[6]) }
    for _, element in ipairs(unfinished) do reply[#reply + 1] = element end
    return reply
end
if sale[5] then
    redis.call('LTRIM', KEYS[2], 0, -1 - tonumber(ARGV[3]))
    local remaining = redis.call('LLEN', KEYS[2])
    if remaining == 0 then redis.call('DEL', KEYS[4]) end
    return { 'sold_out', remaining, tonumber(sale[6]) }
end
if sale[2] == 'paused' then
    if redis.call('HEXISTS', KEYS[5], 'at') == 1 then count_pace(KEYS[5], pace_now(), 0, false) end
    return { 'paused' }
end

local limit = tonumber(sale[7] or 0) > 0 and 1 or tonumber(ARGV[2])
local entries = redis.call('LRANGE', KEYS[2], -limit, -1)
if #entries == 0 then return { 'empty' } end
local anyone_left = redis.call('SCARD', KEYS[4]) > 0
local batch, places, carts, last = {}, {}, {}, 0
for index = #entries, 1, -1 do
    local entry = entries[index]
    local ticket, quantity, user = string.match(entry, '^1:([1-9]%d*):([1-9]%d*):([%l%d._@+-]+)$')
    batch[#batch + 1] = 'unreadable ' .. entry
    if ticket and #ticket <= 15 and #quantity <= 9 and #user <= 64 then
        places[#places + 1] = { at = #batch, ticket = ticket, entry = entry }
        carts[#carts + 1] = 'cart_item:' .. user .. ':{' .. ARGV[4] .. '}'
        last = math.max(last, tonumber(ticket))
    end
end
if #places > 0 then carts = redis.call('MGET', unpack(carts)) end
for number, place in ipairs(places) do
    local verdict = 'expired'
    if anyone_left and redis.call('SISMEMBER', KEYS[4], place.ticket) == 1 then
        verdict = 'left'
    elseif string.match(carts[number] or '', '^1:(%d+):[1-9]%d*$') == place.ticket then
        verdict = 'live'
    end
    batch[place.at] = verdict .. ' ' .. place.entry
end

redis.call('LTRIM', KEYS[2], 0, -1 - #entries)
redis.call('RPUSH', KEYS[3], unpack(batch))
if last > 0 then redis.call('HSET', KEYS[1], 'claimed_ticket', string.format('%.0f', last)) end
begin_wait(KEYS[5], pace_now())
local number = redis.call('HINCRBY', KEYS[1], 'claim', 1)
redis.call('HSET', KEYS[1], 'attempts', 1)
local reply = { 'claimed', number, 1, redis.call('LLEN', KEYS[2]), tonumber(sale[6]) }
for _, element in ipairs(batch) do reply[#reply + 1] = element end
return reply
