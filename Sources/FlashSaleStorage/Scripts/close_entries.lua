-- Ends entering, once the draw's time has come by Redis's clock.
--
-- KEYS: 1 sale, 2 entries
-- ARGV: 1 fence
-- Result: {'early', milliseconds left}, {'closed', first_ticket, last_entry, elements of the list of entries}, {'missing'},
--         {'fenced', fence}
local sale = redis.call('HMGET', KEYS[1], 'nonce', 'fence', 'draw_at', 'first_ticket', 'last_entry')
local seen = tonumber(sale[2] or 0)
if tonumber(ARGV[1]) < seen then return { 'fenced', seen } end
if not sale[1] or not sale[3] then return { 'missing' } end
local time = redis.call('TIME')
local left = tonumber(sale[3]) - (tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000))
if left > 0 then return { 'early', left } end
redis.call('HSET', KEYS[1], 'entering_over', 1)
return { 'closed', tonumber(sale[4]), tonumber(sale[5] or sale[4]), redis.call('LLEN', KEYS[2]) }
