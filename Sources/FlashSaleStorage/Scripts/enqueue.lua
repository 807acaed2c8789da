-- Takes places in a product's line: for all who ask in one turn of an event loop, so that the sale is read once for them.
--
-- KEYS: 1 sale, 2 queue, 3 outcomes, 4 pace; the cart and rate keys are built from the users, they share the product's slot
-- ARGV: 1 product, 2 the line's nonce as the caller knows it (''), 3 the highest ticket it was ever given under that,
--       4 repeated calls allowed a minute (0: any number), 5 '1' when a repeated call renews the cart, then for each user (at
--       most 100; one may be there twice): user, quantity (1…)
-- Result: {'unknown'}, or {'answers', nonce, served_ticket, last_ticket, sale state, stock state, when a new place's cart runs
--         out, then for each user: the ticket of a new place, {'in_line' | 'decided', ticket, quantity, status, order,
--         cart_expires_at}, or a refusal: {'sold_out'}, {'closed', at}, {'not_open', at}, {'paused'}, {'quantity', maximum},
--         {'full', maximum}, {'already_purchased', order}, {'rate_limited', seconds}}
local sale = read_sale(KEYS[1])
if not sale or drop_older_copy(KEYS[1], sale, ARGV[2], ARGV[3], ARGV[1]) then return { 'unknown' } end
local allowed, key_end, now = tonumber(ARGV[4]), ':{' .. ARGV[1] .. '}', now_milliseconds()
local state, new_cart_expires_at = sale_state(sale, now), now + sale.cart_seconds * 1000
local users, carts = {}, {}
for index = 6, math.min(#ARGV, 205), 2 do
    users[#users + 1] = ARGV[index]
    carts[#users] = 'cart_item:' .. ARGV[index] .. key_end
end
local known_carts, known_outcomes = redis.call('MGET', unpack(carts)), redis.call('HMGET', KEYS[3], unpack(users))
-- What is given in this call: carts by user, tickets, and who they are for.
local new_carts, last_ticket, new_users, entries = {}, sale.last_ticket, {}, {}

-- Only a repeated call pays for the limit, and a refused one does not make the wait longer: the seconds to wait, or nil.
local function count_repeated(rate)
    if tonumber(redis.call('GET', rate) or 0) >= allowed then
        return math.max(1, math.ceil(redis.call('PTTL', rate) / 1000))
    end
    if redis.call('INCR', rate) == 1 then redis.call('PEXPIRE', rate, 60000) end
end

-- The answer to a user who has been here before; nil for one who may take a new place.
local function answer_repeated(number, cart, outcome)
    local user = users[number]
    local seconds = allowed > 0 and count_repeated('flash_sale_rate:' .. user .. key_end)
    if seconds then return { 'rate_limited', seconds } end
    local standing = read_standing(sale, cart, outcome)
    local word, expires = 'decided', 0
    if standing.status == 'already_purchased' then return { standing.status, standing.order } end
    if standing.status == 'queued' then
        word = 'in_line'
        expires = new_carts[user] and new_cart_expires_at or renew_cart(carts[number], sale, now, ARGV[5] == '1')
    elseif standing.status ~= 'held' and standing.status ~= 'pending' and standing.status ~= 'completed' then
        return nil
    end
    return { word, standing.ticket, standing.quantity, standing.status, standing.order, expires }
end

-- Why nobody gets a new place for so many units now; nil when there is one.
local function refusal(quantity)
    if state == 'sold_out' or state == 'paused' then return { state } end
    if state == 'closed' then return { 'closed', sale.closes_at } end
    if state == 'upcoming' then return { 'not_open', sale.opens_at } end
    if quantity > sale.max_per_user then return { 'quantity', sale.max_per_user } end
    -- No more can wait than have a ticket that is not served: the list is counted only when that is not enough.
    local most = sale.max_queue
    if last_ticket - sale.served_ticket >= most and redis.call('LLEN', KEYS[2]) + #entries >= most then
        return { 'full', most }
    end
end

local answers = { 'answers', sale.nonce, sale.served_ticket, 0, state, stock_state(sale), new_cart_expires_at }
for number, user in ipairs(users) do
    local cart = new_carts[user] or parse_cart(known_carts[number], sale)
    local outcome = parse_outcome(known_outcomes[number])
    local quantity = ARGV[2 * number + 5]
    local answer = (cart or outcome) and answer_repeated(number, cart, outcome) or refusal(tonumber(quantity))
    if not answer then
        last_ticket = last_ticket + 1
        answer = last_ticket
        local place = '1:' .. string.format('%d', last_ticket) .. ':' .. quantity
        new_carts[user] = { ticket = last_ticket, quantity = tonumber(quantity), place = place }
        new_users[#new_users + 1] = number
        entries[#entries + 1] = place .. ':' .. user
    end
    answers[number + 7] = answer
end
answers[4] = last_ticket
if #entries == 0 then return answers end

redis.call('HINCRBY', KEYS[1], 'last_ticket', #entries)
-- The carts before the entries: whoever sees an entry finds its cart. Redis keeps a script's arguments for its next calls: with
-- SET, a cart's value would lie in the larger memory of an entry that was pushed before, 16 bytes more for each user.
for _, number in ipairs(new_users) do
    redis.call('SETEX', carts[number], sale.cart_life, new_carts[users[number]].place)
end
local length = redis.call('LPUSH', KEYS[2], unpack(entries))
-- The worker sleeps only while its line is empty.
if length == #entries then
    begin_wait(KEYS[4], now)
    redis.call('PUBLISH', 'flash_sale_wake', ARGV[1])
end
return answers
