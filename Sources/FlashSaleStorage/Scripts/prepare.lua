-- Makes room for a line that is about to be opened, unless a line with the product's nonce is here. What is left of an older
-- line is dropped. Without a nonce it is no line to anybody: open.lua opens it, and only for whoever prepared it last.
--
-- KEYS: 1 sale, 2 queue, 3 processing, 4 left, 5 pace, 6 drawn, 7 entries
-- ARGV: 1 the product's nonce ('' when whatever is here is to be dropped), 2 fence, 3 the nonce that the line will have
-- Result: {'prepared'}, {'alive'}, {'fenced', fence}
local sale = redis.call('HMGET', KEYS[1], 'nonce', 'fence')
local seen = tonumber(sale[2] or 0)
if tonumber(ARGV[2]) < seen then return { 'fenced', seen } end
if ARGV[1] ~= '' and sale[1] == ARGV[1] then return { 'alive' } end
redis.call('UNLINK', unpack(KEYS))
redis.call('HSET', KEYS[1], 'opening', ARGV[3], 'fence', ARGV[2])
return { 'prepared' }
