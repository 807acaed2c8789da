-- Gives a place up. The entry stays in the list; the claim finds it in the set of tickets that left and decides `left`.
--
-- KEYS: 1 sale, 2 cart, 3 outcomes, 4 left
-- ARGV: 1 user
-- Result: {'left'}, {'none'}, {'unknown'}, or {'decided', status} ('' while the entry is being served)
local sale = read_sale(KEYS[1])
if not sale then return { 'unknown' } end
local cart = parse_cart(redis.call('GET', KEYS[2]), sale)
local standing = read_standing(sale, cart, parse_outcome(redis.call('HGET', KEYS[3], ARGV[1])))
if not standing then return { 'none' } end
if standing.status == 'left' then return { 'left' } end
if standing.status ~= 'queued' then return { 'decided', standing.status } end
if standing.ticket <= tonumber(redis.call('HGET', KEYS[1], 'claimed_ticket')) then return { 'decided', '' } end
local ticket = string.format('%.0f', standing.ticket)
redis.call('SET', KEYS[2], '1:' .. ticket .. ':0', 'EX', sale.cart_life)
redis.call('SADD', KEYS[4], ticket)
return { 'left' }
