-- Opens the line that was prepared for this nonce, which is on record by now: new tickets start above every one that an older
-- line may have handed out.
--
-- KEYS: 1 sale, 2 stock, 3 product cache, 4 product changes, 5 outcomes
-- ARGV: 1 nonce, 2 available stock, 3 last ticket, 4 sold_out_after or '', then field, value, …
-- Result: {'opened'}, {'gone'} when what is here was prepared for another nonce, or Redis has lost it
local sale = redis.call('HMGET', KEYS[1], 'nonce', 'opening')
if sale[1] == ARGV[1] then return { 'opened' } end
if sale[2] ~= ARGV[1] then return { 'gone' } end
redis.call('HDEL', KEYS[1], 'opening')
if ARGV[3] == '0' then
    -- A line that starts from nothing has no outcomes; those that are here are another database's.
    redis.call('UNLINK', KEYS[5])
else
    -- Whatever was lost with the older line may have taken outcomes with it: its worker shows all of them again.
    redis.call('HSET', KEYS[1], 'rebuild_after', 0)
end
redis.call('HSET', KEYS[1], 'nonce', ARGV[1], 'last_ticket', ARGV[3], 'served_ticket', ARGV[3],
    'claimed_ticket', ARGV[3], 'first_ticket', ARGV[3], 'claim', ARGV[3], unpack(ARGV, 5))
if ARGV[4] ~= '' then redis.call('HSET', KEYS[1], 'sold_out_after', ARGV[4]) end
write_stock(KEYS[1], KEYS[2], ARGV[2])
redis.call('DEL', KEYS[3])
redis.call('INCR', KEYS[4])
return { 'opened' }
