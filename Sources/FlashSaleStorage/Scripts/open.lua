-- Opens a line that is not here, or not the one with this nonce. What is left of an older line is dropped: its tickets are
-- on record as lost, and new ones start above them.
--
-- KEYS: 1 sale, 2 stock, 3 product cache, 4 product changes, 5 queue, 6 processing, 7 left, 8 outcomes, 9 pace
-- ARGV: 1 nonce, 2 fence, 3 available stock, 4 last ticket, 5 sold_out_after or '', then field, value, …
-- Result: {'opened'}, {'fenced', fence}
local sale = redis.call('HMGET', KEYS[1], 'nonce', 'fence')
if sale[1] == ARGV[1] then return { 'opened' } end
local seen = tonumber(sale[2] or 0)
if tonumber(ARGV[2]) < seen then return { 'fenced', seen } end
redis.call('UNLINK', KEYS[1], KEYS[5], KEYS[6], KEYS[7], KEYS[9])
-- A line that starts from nothing has no outcomes; those that are here are another database's.
if ARGV[4] == '0' then redis.call('UNLINK', KEYS[8]) end
redis.call('HSET', KEYS[1], 'nonce', ARGV[1], 'fence', ARGV[2], 'last_ticket', ARGV[4],
    'served_ticket', ARGV[4], 'claimed_ticket', ARGV[4], 'first_ticket', ARGV[4], 'claim', ARGV[4],
    unpack(ARGV, 6))
if ARGV[5] ~= '' then redis.call('HSET', KEYS[1], 'sold_out_after', ARGV[5]) end
write_stock(KEYS[1], KEYS[2], ARGV[3])
redis.call('DEL', KEYS[3])
redis.call('INCR', KEYS[4])
return { 'opened' }
