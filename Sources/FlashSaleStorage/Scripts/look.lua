-- How a line moves, and where some of its users stand: one look for everybody who watches it.
--
-- KEYS: 1 sale, 2 outcomes, 3 left, 4 pace; the cart keys are built from the users, they share the product's slot
-- ARGV: 1 product, 2 the line's nonce as the caller knows it (''), 3 the highest ticket it was ever given under that,
--       4 most tickets that left to name (0: none), then for each user (at most 1,000): user, the ticket whose decision is
--       waited for (0: look now), '1' when the look renews the cart
-- Result: {'unknown'}, or {'line', now, nonce, sale state, stock state, available stock, served_ticket, last_ticket,
--         opens_at, sold_out_after (''), cart_seconds, {pace field, value …}, {ticket that left …}, {number of the user from
--         1, ticket (0: no standing), quantity, status, order, cart_expires_at …}}; users whose ticket is not decided are
--         left out
local sale = read_sale(KEYS[1])
if not sale or drop_older_copy(KEYS[1], sale, ARGV[2], ARGV[3], ARGV[1]) then return { 'unknown' } end
local now = now_milliseconds()
local standings = {}
for index = 5, math.min(#ARGV, 3004), 3 do
    local user, awaited = ARGV[index], tonumber(ARGV[index + 1])
    local is_decided = awaited <= sale.served_ticket or (sale.sold_out_after and awaited > sale.sold_out_after)
    if is_decided then
        local key = 'cart_item:' .. user .. ':{' .. ARGV[1] .. '}'
        local cart, outcome = redis.call('GET', key), redis.call('HGET', KEYS[2], user)
        local standing = read_standing(sale, parse_cart(cart, sale), parse_outcome(outcome))
        local count = #standings
        standings[count + 1] = (index - 5) / 3 + 1
        if standing then
            local expires = renew_cart(key, sale, now, ARGV[index + 2] == '1' and standing.status ~= 'left')
            standings[count + 2] = standing.ticket
            standings[count + 3] = standing.quantity
            standings[count + 4] = standing.status
            standings[count + 5] = standing.order
            standings[count + 6] = standing.status == 'queued' and expires or 0
        else
            standings[count + 2] = 0
            standings[count + 3] = 0
            standings[count + 4] = ''
            standings[count + 5] = 0
            standings[count + 6] = 0
        end
    end
end
local left = {}
local most = tonumber(ARGV[4])
if most > 0 and redis.call('SCARD', KEYS[3]) <= most then left = redis.call('SMEMBERS', KEYS[3]) end
return {
    'line', now, sale.nonce, sale_state(sale, now), stock_state(sale), tonumber(sale.available_stock) or 0,
    sale.served_ticket, sale.last_ticket, sale.opens_at, sale.sold_out_after and tostring(sale.sold_out_after) or '',
    sale.cart_seconds, redis.call('HGETALL', KEYS[4]), left, standings,
}
