-- Where some users stand with a product: all who ask in one turn of an event loop, so that the sale is read once for them.
--
-- KEYS: 1 sale, 2 outcomes; the cart keys are built from the users, they share the product's slot
-- ARGV: 1 product, 2 the line's nonce as the caller knows it (''), 3 the highest ticket it was ever given under that,
--       4 '1' when asking renews the carts, then the users (at most 100)
-- Result: {'unknown'}, or {'standings', served_ticket, last_ticket, sale state, stock state, then for each user: ticket (0: no
--         standing), quantity, status, order, cart_expires_at}
local sale = read_sale(KEYS[1])
if not sale or drop_older_copy(KEYS[1], sale, ARGV[2], ARGV[3], ARGV[1]) then return { 'unknown' } end
local now = now_milliseconds()
local reply = { 'standings', sale.served_ticket, sale.last_ticket, sale_state(sale, now), stock_state(sale) }
local users, carts, key_end = {}, {}, ':{' .. ARGV[1] .. '}'
for index = 5, math.min(#ARGV, 104) do
    users[#users + 1] = ARGV[index]
    carts[#users] = 'cart_item:' .. ARGV[index] .. key_end
end
local known_carts, known_outcomes = redis.call('MGET', unpack(carts)), redis.call('HMGET', KEYS[2], unpack(users))
local count = 5
for number, key in ipairs(carts) do
    local cart, outcome = parse_cart(known_carts[number], sale), parse_outcome(known_outcomes[number])
    local standing = read_standing(sale, cart, outcome)
    local expires = 0
    if standing then
        -- A cart of a sold-out range is renewed too: it is all that still tells the user the outcome.
        expires = renew_cart(key, sale, now, ARGV[4] == '1' and standing.status ~= 'left')
        if standing.status ~= 'queued' then expires = 0 end
    else
        standing = { ticket = 0, quantity = 0, status = '', order = 0 }
    end
    reply[count + 1], reply[count + 2], reply[count + 3] = standing.ticket, standing.quantity, standing.status
    reply[count + 4], reply[count + 5] = standing.order, expires
    count = count + 5
end
return reply
