-- Enters a draw, and finds the entry again for whoever has entered. Everybody else goes on to the text of enqueue.lua, which
-- the loader puts behind this one: a place in line for whoever comes after the draw's time.
--
-- KEYS: those of enqueue.lua; the list of entries is built from the product, it shares the slot
-- ARGV: those of enqueue.lua
-- Result: {'entered' | 'in_line', standing …}, {'fifo'} when nothing is drawn here, and those of enqueue.lua
local drawn = read_sale(KEYS[1])
if not drawn then return { 'unknown' } end
if not drawn.draw_at then return { 'fifo' } end
if drop_older_copy(KEYS[1], drawn, ARGV[6], ARGV[7], ARGV[5]) then return { 'unknown' } end
local time = now_milliseconds()
local entry = read_cart(KEYS[3], drawn)
local has_entered = entry and entry.is_entry and entry.quantity > 0
if has_entered or not is_entering_over(drawn, time) then
    if tonumber(ARGV[3]) > 0 and entry then
        if tonumber(redis.call('GET', KEYS[5]) or 0) >= tonumber(ARGV[3]) then
            return { 'rate_limited', math.max(1, math.ceil(redis.call('PTTL', KEYS[5]) / 1000)) }
        end
        if redis.call('INCR', KEYS[5]) == 1 then redis.call('PEXPIRE', KEYS[5], 60000) end
    end
    if has_entered then return standing_reply('in_line', read_standing(drawn, entry, nil), drawn, 0, time) end

    local state = sale_state(drawn, time)
    if state == 'sold_out' or state == 'paused' then return { state } end
    if state == 'closed' then return { 'closed', drawn.closes_at } end
    if state == 'upcoming' then return { 'not_open', drawn.opens_at } end
    if tonumber(ARGV[2]) > drawn.max_per_user then return { 'quantity', drawn.max_per_user } end
    if drawn.entrants >= drawn.max_queue then return { 'full', drawn.max_queue } end

    local number = redis.call('HINCRBY', KEYS[1], 'last_ticket', '1')
    redis.call('HSET', KEYS[1], 'last_entry', number)
    drawn.last_ticket = number
    drawn.entrants = redis.call('HINCRBY', KEYS[1], 'entrants', '1')
    -- Whoever is drawn need not be there: an entry lives until the draw and a day more, or as long as a cart if that is longer.
    local life = math.max(drawn.draw_at - time + 86400000, drawn.cart_seconds * 1000)
    local place = string.format('%d', number) .. ':' .. ARGV[2]
    redis.call('SET', KEYS[3], '1:e:' .. place, 'PX', string.format('%.0f', life))
    redis.call('LPUSH', 'flash_sale_entries:{' .. ARGV[5] .. '}', '1:' .. place .. ':' .. ARGV[1])
    local made = { ticket = number, quantity = tonumber(ARGV[2]), status = 'entered', order = drawn.entrants }
    return standing_reply('entered', made, drawn, 0, time)
end
