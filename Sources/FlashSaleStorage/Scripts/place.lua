-- Gives a chunk of the drawn their places, in drawn order: their carts name tickets now, and their entries come into the list
-- of the drawn, which is served before the line. A second call for the same chunk changes nothing.
--
-- KEYS: 1 sale, 2 drawn, 3 left, 4 entries; the cart keys are built from the entries, they share the product's slot
-- ARGV: 1 fence, 2 product, 3 nonce of the line that the tickets are of, 4 rank of the chunk's first, from 0, 5 its ticket,
--       6 number of all drawn, 7 text: a line `NUMBER QUANTITY USER` for each of at most 5,000
-- Result: {'placed', rank of the first who has no place yet}, {'missing'} when that line is not here, {'fenced', fence}
local sale = redis.call('HMGET', KEYS[1], 'nonce', 'fence', 'placed_rank', 'served_ticket', 'sold_out_after')
local seen = tonumber(sale[2] or 0)
if tonumber(ARGV[1]) < seen then return { 'fenced', seen } end
if sale[1] ~= ARGV[3] then return { 'missing' } end
local placed, rank, ticket = tonumber(sale[3] or 0), tonumber(ARGV[4]), tonumber(ARGV[5])
if placed ~= rank then return { 'placed', placed } end

-- The numbers below the first drawn ticket are nobody's.
if rank == 0 and tonumber(sale[4]) < ticket - 1 then
    local before = string.format('%.0f', ticket - 1)
    redis.call('HSET', KEYS[1], 'served_ticket', before, 'claimed_ticket', before)
end
local entries, carts, numbers, left = {}, {}, {}, {}
for number, quantity, user in string.gmatch(ARGV[7], '(%d+) (%d+) ([^\n]+)\n') do
    local place = '1:' .. string.format('%.0f', ticket + #entries) .. ':'
    entries[#entries + 1] = place .. quantity .. ':' .. user
    carts[#carts + 1] = 'cart_item:' .. user .. ':{' .. ARGV[2] .. '}'
    numbers[#numbers + 1] = { number = number, cart = place .. quantity, tombstone = place .. '0' }
end
if #entries > 0 then
    for index, cart in ipairs(redis.call('MGET', unpack(carts))) do
        local known = numbers[index]
        local number, quantity = string.match(cart or '', '^1:e:(%d+):(%d+)$')
        local is_left = number == known.number and quantity == '0'
        if number == known.number then
            -- Its life goes on: whoever was drawn need not be there.
            redis.call('SET', carts[index], is_left and known.tombstone or known.cart, 'KEEPTTL')
        end
        -- Whoever has another cart has left after the draw's time, and come again.
        if is_left or (cart and number ~= known.number) then
            left[#left + 1] = string.format('%.0f', ticket + index - 1)
        end
    end
    if sale[5] then
        left = {}
    else
        redis.call('LPUSH', KEYS[2], unpack(entries))
    end
    if #left > 0 then redis.call('SADD', KEYS[3], unpack(left)) end
end
placed = rank + #entries
redis.call('HSET', KEYS[1], 'placed_rank', placed)
if placed >= tonumber(ARGV[6]) then redis.call('UNLINK', KEYS[4]) end
return { 'placed', placed }
