-- Shared by the scripts that show what a worker has committed; the loader puts this text in front of theirs.

-- How far an order has come: an outcome of the same ticket is only replaced by one that is at least as far.
local progress = { held = 1, pending = 2, cancelled = 3, expired = 3, completed = 4, refund_due = 4 }

-- Shows a user's outcome `1:TICKET:QUANTITY:STATUS:ORDER`, unless what is shown is younger. Whoever is told that they have
-- an order already hears of that order's end; only from a worker, since an API process may have looked long ago.
local function show_outcome(key, user, outcome, is_of_worker)
    local ticket, status, order = string.match(outcome, '^1:(%d+):%d+:([%l_]+):(%d+)$')
    local known = redis.call('HGET', key, user) or ''
    local known_ticket, known_status, known_order = string.match(known, '^1:(%d+):%d+:([%l_]+):(%d+)$')
    local shows = true
    if known_ticket then
        local age = tonumber(ticket) - tonumber(known_ticket)
        local is_over = status == 'cancelled' or status == 'expired' or status == 'refund_due'
        if age < 0 then
            shows = is_of_worker and known_status == 'already_purchased' and known_order == order and is_over
        elseif age == 0 then
            shows = (progress[status] or 0) >= (progress[known_status] or 0)
        end
    end
    if shows then redis.call('HSET', key, user, outcome) end
end

-- The stock as it is after a commit: for those who ask for the product, and for those who wait.
local function write_stock(sale, stock, available)
    redis.call('SET', stock, available)
    redis.call('HSET', sale, 'available_stock', available)
end
