-- Shared by the scripts that show what a worker has committed; the loader puts this text in front of theirs.

-- How far an order has come: an outcome of the same ticket is only replaced by one that is at least as far.
local progress = { held = 1, pending = 2, cancelled = 3, expired = 3, completed = 4, refund_due = 4 }

-- Whether a user's outcome `1:TICKET:QUANTITY:STATUS:ORDER` is younger than the one that is shown. Whoever is told that they
-- have an order already hears of that order's end; only from a worker, since an API process may have looked long ago.
local function is_news(outcome, known, is_of_worker)
    local known_ticket, known_status, known_order = string.match(known, '^1:(%d+):%d+:([%l_]+):(%d+)$')
    if not known_ticket then return true end
    local ticket, status, order = string.match(outcome, '^1:(%d+):%d+:([%l_]+):(%d+)$')
    local age = tonumber(ticket) - tonumber(known_ticket)
    if age < 0 then
        local is_over = status == 'cancelled' or status == 'expired' or status == 'refund_due'
        return is_of_worker and known_status == 'already_purchased' and known_order == order and is_over
    end
    return age > 0 or (progress[status] or 0) >= (progress[known_status] or 0)
end

-- Shows users' outcomes (at most 1,000 of them), in their order: a user may be there more than once.
local function show_outcomes(key, users, outcomes, is_of_worker)
    if #users == 0 then return end
    local known, latest, shown = redis.call('HMGET', key, unpack(users)), {}, {}
    for index, user in ipairs(users) do
        local outcome = outcomes[index]
        if is_news(outcome, latest[user] or known[index] or '', is_of_worker) then
            latest[user] = outcome
            shown[#shown + 1] = user
            shown[#shown + 1] = outcome
        end
    end
    if #shown > 0 then redis.call('HSET', key, unpack(shown)) end
end

-- The stock as it is after a commit: for those who ask for the product, and for those who wait.
local function write_stock(sale, stock, available)
    redis.call('SET', stock, available)
    redis.call('HSET', sale, 'available_stock', available)
end
