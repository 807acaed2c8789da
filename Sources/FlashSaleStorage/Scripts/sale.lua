-- Shared by the scripts that read a user's place; the loader puts this text in front of theirs.

-- The sale's hash as a table, or nil when Redis does not have the sale. Written out field by field: a loop over names costs
-- as much as everything else that a join does in Lua.
local function read_sale(key)
    local value = redis.call(
        'HMGET', key, 'nonce', 'state', 'opens_at', 'closes_at', 'cart_seconds', 'max_queue', 'max_per_user',
        'last_ticket', 'served_ticket', 'first_ticket', 'sold_out_after', 'available_stock'
    )
    if not value[1] then return nil end
    return {
        nonce = value[1], state = value[2], opens_at = tonumber(value[3]), closes_at = tonumber(value[4]),
        -- The text spares Redis the number's conversion.
        cart_seconds = tonumber(value[5]), cart_life = value[5], max_queue = tonumber(value[6]),
        max_per_user = tonumber(value[7]), last_ticket = tonumber(value[8]), served_ticket = tonumber(value[9]),
        first_ticket = tonumber(value[10]), sold_out_after = tonumber(value[11]), available_stock = tonumber(value[12]),
    }
end

-- Whether the line has handed out fewer tickets than its caller has seen under this nonce: then it is an older copy, and
-- from now on no line. Its worker records the loss and opens a new one.
local function drop_older_copy(key, sale, nonce, highest, product)
    if nonce ~= sale.nonce or sale.last_ticket >= tonumber(highest) then return false end
    redis.call('HDEL', key, 'nonce')
    redis.call('PUBLISH', 'flash_sale_wake', product)
    return true
end

-- Milliseconds since the epoch by Redis's clock.
local function now_milliseconds()
    local time = redis.call('TIME')
    local microseconds = tonumber(time[2])
    return time[1] * 1000 + (microseconds - microseconds % 1000) / 1000
end

-- What people see of the sale: upcoming, open, paused, sold_out or closed.
local function sale_state(sale, now)
    if sale.sold_out_after then return 'sold_out' end
    if sale.closes_at > 0 and now >= sale.closes_at then return 'closed' end
    if sale.state == 'paused' then return 'paused' end
    if sale.opens_at > now then return 'upcoming' end
    return 'open'
end

-- What is left: available, all_held (some may still come free) or sold_out.
local function stock_state(sale)
    if sale.sold_out_after then return 'sold_out' end
    return sale.available_stock == 0 and 'all_held' or 'available'
end

-- A cart's value as {ticket, quantity}, or nil. A cart of a line whose data was lost is none.
local function parse_cart(value, sale)
    if not value then return nil end
    local ticket, quantity = string.match(value, '^1:(%d+):(%d+)$')
    ticket = tonumber(ticket)
    if not ticket or ticket <= sale.first_ticket then return nil end
    return { ticket = ticket, quantity = tonumber(quantity) }
end

-- A user's latest outcome as {ticket, quantity, status, order}, or nil. order is 0 when there is none.
local function parse_outcome(value)
    if not value then return nil end
    local ticket, quantity, status, order = string.match(value, '^1:(%d+):(%d+):([%l_]+):(%d+)$')
    if not ticket then return nil end
    return { ticket = tonumber(ticket), quantity = tonumber(quantity), status = status, order = tonumber(order) }
end

-- Where the user stands: {ticket, quantity, status, order}, or nil. The younger of cart and outcome counts. Outcomes and
-- carts change together, so a cart whose ticket was passed without an outcome belongs to a range that was sold out.
local function read_standing(sale, cart, outcome)
    if outcome and not (cart and cart.ticket > outcome.ticket) then return outcome end
    if not cart then return nil end
    local status = 'queued'
    if cart.quantity == 0 then
        status = 'left'
    elseif cart.ticket <= sale.served_ticket or (sale.sold_out_after and cart.ticket > sale.sold_out_after) then
        status = 'sold_out'
    end
    return { ticket = cart.ticket, quantity = cart.quantity, status = status, order = cart.ticket }
end

-- Gives the cart a whole life again when less than half is left; returns when it runs out.
local function renew_cart(key, sale, now, renews)
    local left = redis.call('PTTL', key)
    local whole = sale.cart_seconds * 1000
    if renews and left >= 0 and left * 2 < whole then
        redis.call('PEXPIRE', key, whole)
        left = whole
    end
    return now + math.max(left, 0)
end
