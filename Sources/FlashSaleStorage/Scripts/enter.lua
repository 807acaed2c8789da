-- Enters a draw, for all who ask in one turn of an event loop, and finds the entries of those who have entered.
--
-- KEYS: those of enqueue.lua; the list of entries is built from the product, it shares the slot
-- ARGV: those of enqueue.lua
-- Result: {'unknown'}, {'fifo'} when nothing is drawn here, or {'answers', …} as in enqueue.lua, where a user may also be answered
--         {'entered' | 'in_line', number, quantity, 'entered', entrants, 0}, or {'late'}: then enqueue.lua has a place for them
local sale = read_sale(KEYS[1])
if not sale then return { 'unknown' } end
if not sale.draw_at then return { 'fifo' } end
if drop_older_copy(KEYS[1], sale, ARGV[2], ARGV[3], ARGV[1]) then return { 'unknown' } end
local allowed, key_end, now = tonumber(ARGV[4]), ':{' .. ARGV[1] .. '}', now_milliseconds()
local state = sale_state(sale, now)
-- A ticket that is no entry's was handed out after the draw's time: from then on entering is over, whatever the clock says.
local is_over = now >= sale.draw_at or sale.entering_over or sale.last_ticket ~= sale.last_entry
local users, carts = {}, {}
for index = 6, math.min(#ARGV, 205), 2 do
    users[#users + 1] = ARGV[index]
    carts[#users] = 'cart_item:' .. ARGV[index] .. key_end
end
local known_carts = redis.call('MGET', unpack(carts))
local new_entries, new_users, entries = {}, {}, {}

-- As in enqueue.lua: only a repeated call pays for the limit.
local function count_repeated(rate)
    if tonumber(redis.call('GET', rate) or 0) >= allowed then
        return { 'rate_limited', math.max(1, math.ceil(redis.call('PTTL', rate) / 1000)) }
    end
    if redis.call('INCR', rate) == 1 then redis.call('PEXPIRE', rate, 60000) end
end

-- Why nobody may enter with so many units now; nil when one may.
local function refusal(quantity)
    if state == 'sold_out' or state == 'paused' then return { state } end
    if state == 'closed' then return { 'closed', sale.closes_at } end
    if state == 'upcoming' then return { 'not_open', sale.opens_at } end
    if quantity > sale.max_per_user then return { 'quantity', sale.max_per_user } end
    if sale.entrants >= sale.max_queue then return { 'full', sale.max_queue } end
end

local answers = { 'answers', sale.nonce, sale.served_ticket, 0, state, stock_state(sale), 0 }
for number, user in ipairs(users) do
    local entry, quantity = new_entries[user] or parse_cart(known_carts[number], sale), ARGV[2 * number + 5]
    local has_entered = entry and entry.is_entry and entry.quantity > 0
    local answer = is_over and not has_entered and { 'late' }
        or entry and allowed > 0 and count_repeated('flash_sale_rate:' .. user .. key_end)
        or has_entered and { 'in_line', entry.ticket, entry.quantity, 'entered', sale.entrants, 0 }
        or refusal(tonumber(quantity))
    if not answer then
        sale.last_ticket, sale.entrants = sale.last_ticket + 1, sale.entrants + 1
        local place = string.format('%d', sale.last_ticket) .. ':' .. quantity
        new_entries[user] = { ticket = sale.last_ticket, quantity = tonumber(quantity), is_entry = true, place = place }
        new_users[#new_users + 1] = number
        entries[#entries + 1] = '1:' .. place .. ':' .. user
        answer = { 'entered', sale.last_ticket, tonumber(quantity), 'entered', sale.entrants, 0 }
    end
    answers[number + 7] = answer
end
answers[4] = sale.last_ticket
if #entries == 0 then return answers end

local last_ticket = string.format('%.0f', sale.last_ticket)
redis.call('HSET', KEYS[1], 'last_ticket', last_ticket, 'last_entry', last_ticket, 'entrants', sale.entrants)
-- Whoever is drawn need not be there: an entry lives until the draw and a day more, or as long as a cart if that is longer.
local life = string.format('%.0f', math.max(sale.draw_at - now + 86400000, sale.cart_seconds * 1000))
for _, number in ipairs(new_users) do
    redis.call('PSETEX', carts[number], life, '1:e:' .. new_entries[users[number]].place)
end
redis.call('LPUSH', 'flash_sale_entries:{' .. ARGV[1] .. '}', unpack(entries))
return answers
