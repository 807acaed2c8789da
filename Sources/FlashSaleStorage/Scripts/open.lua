-- Opens a line that is not here, or not the one with this nonce. What is left of an older line is dropped: its tickets are
-- on record as lost, and new ones start above them.
--
-- KEYS: 1 sale, 2 stock, 3 product cache, 4 product changes, 5 queue, 6 processing, 7 left, 8 outcomes
-- ARGV: 1 product, 2 nonce, 3 fence, 4 available stock, 5 last ticket, 6 sold_out_after or '',
--       then field, value, …
-- Result: {'opened'}, {'fenced', fence}
local sale = redis.call('HMGET', KEYS[1], 'nonce', 'fence')
if sale[1] == ARGV[2] then return { 'opened' } end
local seen = tonumber(sale[2] or 0)
if tonumber(ARGV[3]) < seen then return { 'fenced', seen } end
redis.call('UNLINK', KEYS[1], KEYS[5], KEYS[6], KEYS[7])
-- A line that starts from nothing has no outcomes; those that are here are another database's.
if ARGV[5] == '0' then redis.call('UNLINK', KEYS[8]) end
redis.call('HSET', KEYS[1], 'nonce', ARGV[2], 'fence', ARGV[3], 'last_ticket', ARGV[5],
    'served_ticket', ARGV[5], 'claimed_ticket', ARGV[5], 'first_ticket', ARGV[5], 'claim', ARGV[5],
    unpack(ARGV, 7))
if ARGV[6] ~= '' then redis.call('HSET', KEYS[1], 'sold_out_after', ARGV[6]) end
redis.call('SET', KEYS[2], ARGV[4])
redis.call('DEL', KEYS[3])
redis.call('INCR', KEYS[4])
redis.call('PUBLISH', 'flash_sale_wake', ARGV[1])
return { 'opened' }
