-- Reads a page of the list of entries, the first one first: those whose users have not left.
--
-- KEYS: 1 sale, 2 entries; the cart keys are built from the entries, they share the product's slot
-- ARGV: 1 fence, 2 product, 3 elements that were read before, 4 most elements to read (1…5,000)
-- Result: {'entries', elements read, text}, a line `NUMBER QUANTITY USER` for each live entry; {'missing'},
--         {'fenced', fence}
local sale = redis.call('HMGET', KEYS[1], 'nonce', 'fence')
local seen = tonumber(sale[2] or 0)
if tonumber(ARGV[1]) < seen then return { 'fenced', seen } end
if not sale[1] then return { 'missing' } end
local before, most = tonumber(ARGV[3]), tonumber(ARGV[4])
local elements = redis.call('LRANGE', KEYS[2], -(before + most), -(before + 1))
if #elements == 0 then return { 'entries', 0, '' } end
local found, carts = {}, {}
for index = #elements, 1, -1 do
    local number, quantity, user = string.match(elements[index], '^1:(%d+):(%d+):(.+)$')
    found[#found + 1] = { number = number, quantity = quantity, user = user }
    carts[#carts + 1] = 'cart_item:' .. user .. ':{' .. ARGV[2] .. '}'
end
local lines = {}
for index, cart in ipairs(redis.call('MGET', unpack(carts))) do
    local entry = found[index]
    if cart == '1:e:' .. entry.number .. ':' .. entry.quantity then
        lines[#lines + 1] = entry.number .. ' ' .. entry.quantity .. ' ' .. entry.user .. '\n'
    end
end
return { 'entries', #elements, table.concat(lines) }
