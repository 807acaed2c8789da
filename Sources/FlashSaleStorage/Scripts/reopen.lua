-- Opens a sold-out line again. Every ticket handed out so far is decided: carts that name one read as sold out.
--
-- KEYS: 1 sale, 2 queue, 3 processing
-- ARGV: 1 fence
-- Result: {'reopened'}, {'missing'}, {'fenced', fence}, {'busy'} while entries are left to drop
local sale = redis.call('HMGET', KEYS[1], 'nonce', 'fence', 'last_ticket', 'sold_out_after')
if not sale[1] then return { 'missing' } end
local seen = tonumber(sale[2] or 0)
if tonumber(ARGV[1]) < seen then return { 'fenced', seen } end
if not sale[4] then return { 'reopened' } end
if redis.call('EXISTS', KEYS[2], KEYS[3]) > 0 then return { 'busy' } end
redis.call('HSET', KEYS[1], 'served_ticket', sale[3], 'claimed_ticket', sale[3])
redis.call('HDEL', KEYS[1], 'sold_out_after')
return { 'reopened' }
