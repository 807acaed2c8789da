-- Tells the line a product's rules, unless it knows a newer version.
--
-- KEYS: 1 sale, 2 stock, 3 product cache, 4 product changes
-- ARGV: 1 product, 2 nonce, 3 fence ('' from an operator), 4 available stock, 5 version, then field, value, …
-- Result: {'published', last_ticket, rebuild_after (-1: nothing to rebuild)}, {'missing'} when this line is not here, {'fenced', fence}
local sale = redis.call('HMGET', KEYS[1], 'nonce', 'fence', 'version')
local seen = tonumber(sale[2] or 0)
if ARGV[3] ~= '' and tonumber(ARGV[3]) < seen then return { 'fenced', seen } end
if sale[1] ~= ARGV[2] then
    -- Whoever is about to open the line leaves the fence: an older worker that wakes up later opens no other one.
    if ARGV[3] ~= '' then redis.call('HSET', KEYS[1], 'fence', ARGV[3]) end
    return { 'missing' }
end
if ARGV[3] ~= '' then
    -- Only the worker that serves the product writes its stock: nobody else knows which commit came last.
    redis.call('HSET', KEYS[1], 'fence', ARGV[3])
    write_stock(KEYS[1], KEYS[2], ARGV[4])
end
if tonumber(sale[3] or 0) <= tonumber(ARGV[5]) then
    redis.call('HSET', KEYS[1], 'version', ARGV[5], unpack(ARGV, 6))
end
redis.call('DEL', KEYS[3])
redis.call('INCR', KEYS[4])
if ARGV[3] == '' then redis.call('PUBLISH', 'flash_sale_wake', ARGV[1]) end
local line = redis.call('HMGET', KEYS[1], 'last_ticket', 'rebuild_after')
return { 'published', tonumber(line[1]), tonumber(line[2] or -1) }
