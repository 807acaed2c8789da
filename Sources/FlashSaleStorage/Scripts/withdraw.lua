-- Takes an entry back. Whoever has none goes on to the text of leave.lua, which the loader puts behind this one.
--
-- KEYS: those of leave.lua
-- ARGV: those of leave.lua
-- Result: those of leave.lua
local drawn = read_sale(KEYS[1])
if not drawn then return { 'unknown' } end
local entry = parse_cart(redis.call('GET', KEYS[2]), drawn)
if entry and entry.is_entry then
    if entry.quantity > 0 then
        -- The tombstone lives as long as the entry would: the draw finds that its user has left.
        local tombstone = string.format('1:e:%.0f:0', entry.ticket)
        redis.call('SET', KEYS[2], tombstone, 'PX', math.max(1, redis.call('PTTL', KEYS[2])))
        redis.call('HINCRBY', KEYS[1], 'entrants', -1)
    end
    return { 'left' }
end
