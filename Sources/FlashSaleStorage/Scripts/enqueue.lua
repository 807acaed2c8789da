-- Takes a place in a product's line.
--
-- KEYS: 1 sale, 2 queue, 3 cart, 4 outcomes, 5 rate, 6 pace
-- ARGV: 1 user, 2 quantity (1…), 3 repeated calls allowed a minute (0: any number), 4 '1' when a repeated call renews the
--       cart, 5 product, 6 the line's nonce as the caller knows it (''), 7 the highest ticket it was ever given under that
-- Result: {'joined' | 'in_line' | 'decided', standing …} as in sale.lua, or a refusal: {'unknown'}, {'sold_out'},
--         {'closed', at}, {'not_open', at}, {'paused'}, {'quantity', maximum}, {'full', maximum},
--         {'already_purchased', order}, {'rate_limited', seconds}
local sale = read_sale(KEYS[1])
if not sale then return { 'unknown' } end
if drop_older_copy(KEYS[1], sale, ARGV[6], ARGV[7], ARGV[5]) then return { 'unknown' } end
local user, quantity, allowed = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local now = now_milliseconds()
local cart = read_cart(KEYS[3], sale)
local outcome = read_outcome(KEYS[4], user)

-- Only a repeated call pays for the limit, and a refused one does not make the wait longer.
if allowed > 0 and (cart or outcome) then
    if tonumber(redis.call('GET', KEYS[5]) or 0) >= allowed then
        return { 'rate_limited', math.max(1, math.ceil(redis.call('PTTL', KEYS[5]) / 1000)) }
    end
    if redis.call('INCR', KEYS[5]) == 1 then redis.call('PEXPIRE', KEYS[5], 60000) end
end

local standing = read_standing(sale, cart, outcome)
if standing then
    if standing.status == 'queued' then
        return standing_reply('in_line', standing, sale, renew_cart(KEYS[3], sale, now, ARGV[4] == '1'), now)
    end
    if standing.status == 'held' or standing.status == 'pending' or standing.status == 'completed' then
        return standing_reply('decided', standing, sale, 0, now)
    end
    if standing.status == 'already_purchased' then return { 'already_purchased', standing.order } end
end

local state = sale_state(sale, now)
if state == 'sold_out' or state == 'paused' then return { state } end
if state == 'closed' then return { 'closed', sale.closes_at } end
if state == 'upcoming' then return { 'not_open', sale.opens_at } end
if quantity > sale.max_per_user then return { 'quantity', sale.max_per_user } end
-- No more can wait than have a ticket that is not served: the list is counted only when that is not enough.
if sale.last_ticket - sale.served_ticket >= sale.max_queue and redis.call('LLEN', KEYS[2]) >= sale.max_queue then
    return { 'full', sale.max_queue }
end

-- The cart before the entry: whoever sees the entry finds its cart. Redis keeps a script's arguments for its next calls: with
-- SET, the cart's value would lie in the larger memory of the entry that was pushed last, 16 bytes more for each user.
local ticket = redis.call('HINCRBY', KEYS[1], 'last_ticket', '1')
local place = '1:' .. string.format('%d', ticket) .. ':' .. ARGV[2]
redis.call('SETEX', KEYS[3], sale.cart_life, place)
local length = redis.call('LPUSH', KEYS[2], place .. ':' .. user)
-- The worker sleeps only while its line is empty.
if length == 1 then
    begin_wait(KEYS[6], now)
    redis.call('PUBLISH', 'flash_sale_wake', ARGV[5])
end
sale.last_ticket = ticket
local joined = { ticket = ticket, quantity = quantity, status = 'queued', order = ticket }
return standing_reply('joined', joined, sale, now + sale.cart_seconds * 1000, now)
