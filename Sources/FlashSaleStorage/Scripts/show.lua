-- Shows what became of orders after their decision: paid, run out, given back.
--
-- KEYS: 1 sale, 2 outcomes, 3 stock, 4 product cache, 5 product changes
-- ARGV: 1 product, 2 fence ('' from an API process), 3 available stock, 4 sold_out_after ('' while units can come free),
--       5 life of the outcomes in seconds, then for each order: user, outcome `1:TICKET:QUANTITY:STATUS:ORDER`
-- Result: {'shown'}, {'missing'}, {'fenced', fence}
local sale = redis.call('HMGET', KEYS[1], 'nonce', 'fence')
if not sale[1] then return { 'missing' } end
if ARGV[2] ~= '' then
    local seen = tonumber(sale[2] or 0)
    if tonumber(ARGV[2]) < seen then return { 'fenced', seen } end
end
for index = 6, #ARGV, 2 do show_outcomes(KEYS[2], { ARGV[index] }, { ARGV[index + 1] }, ARGV[2] ~= '') end
if #ARGV > 6 then redis.call('EXPIRE', KEYS[2], ARGV[5]) end
if ARGV[2] ~= '' then
    -- Only the worker that serves the product writes its stock: nobody else knows which commit came last.
    write_stock(KEYS[1], KEYS[3], ARGV[3])
    if ARGV[4] ~= '' then redis.call('HSET', KEYS[1], 'sold_out_after', ARGV[4]) end
else
    redis.call('PUBLISH', 'flash_sale_wake', ARGV[1])
end
redis.call('DEL', KEYS[4])
redis.call('INCR', KEYS[5])
return { 'shown' }
