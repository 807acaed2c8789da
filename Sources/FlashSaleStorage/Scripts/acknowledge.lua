-- Ends a claim whose decisions are committed: shows the outcomes, takes the carts away, puts waiting entries back.
-- A second call for the same claim changes nothing, even if the next batch is already claimed.
--
-- KEYS: 1 sale, 2 queue, 3 processing, 4 outcomes, 5 stock, 6 left, 7 product cache, 8 product changes,
--       9 pace
-- ARGV: 1 fence, 2 claim number, 3 product, 4 available stock, 5 sold_out_after ('' while units can come free),
--       6 life of the outcomes in seconds, 7 last decided ticket (0: none), 8 '1' when the waiting entries are to be
--       claimed one by one from now on, 9 number of decisions, then for each decision: ticket, user, outcome
--       `1:TICKET:QUANTITY:STATUS:ORDER`; then the waiting entries, first one first
-- Result: {'done'}, {'stale'} when the claim was ended before, {'missing'}, {'fenced', fence}
local sale = redis.call('HMGET', KEYS[1], 'nonce', 'fence', 'claim', 'served_ticket', 'alone')
if not sale[1] then return { 'missing' } end
local seen = tonumber(sale[2] or 0)
if tonumber(ARGV[1]) < seen then return { 'fenced', seen } end
if sale[3] ~= ARGV[2] or redis.call('EXISTS', KEYS[3]) == 0 then return { 'stale' } end

local first_waiting = 10 + 3 * tonumber(ARGV[9])
local tickets, users, outcomes, carts = {}, {}, {}, {}
for index = 10, first_waiting - 1, 3 do
    local number = #users + 1
    tickets[number], users[number], outcomes[number] = ARGV[index], ARGV[index + 1], ARGV[index + 2]
    carts[number] = 'cart_item:' .. users[number] .. ':{' .. ARGV[3] .. '}'
end
-- One call for all of them, not one for each: that is most of what a batch costs Redis.
if #users > 0 then
    show_outcomes(KEYS[4], users, outcomes, true)
    local settled = {}
    for number, cart in ipairs(redis.call('MGET', unpack(carts))) do
        if cart and string.match(cart, '^1:(%d+):') == tickets[number] then settled[#settled + 1] = carts[number] end
    end
    if #settled > 0 then redis.call('DEL', unpack(settled)) end
    redis.call('SREM', KEYS[6], unpack(tickets))
end
redis.call('EXPIRE', KEYS[4], ARGV[6])

local served = math.max(tonumber(sale[4]), tonumber(ARGV[7]))
redis.call('HSET', KEYS[1], 'served_ticket', string.format('%.0f', served))
if #ARGV >= first_waiting then
    for index = #ARGV, first_waiting, -1 do redis.call('RPUSH', KEYS[2], ARGV[index]) end
    redis.call('HSET', KEYS[1], 'claimed_ticket', string.format('%.0f', served))
end
local alone = tonumber(sale[5] or 0)
if ARGV[8] == '1' then
    redis.call('HSET', KEYS[1], 'alone', #ARGV - first_waiting + 1)
elseif alone > 0 and #ARGV < first_waiting then
    redis.call('HSET', KEYS[1], 'alone', alone - 1)
end
if ARGV[5] ~= '' then redis.call('HSET', KEYS[1], 'sold_out_after', ARGV[5]) end
write_stock(KEYS[1], KEYS[5], ARGV[4])
-- While nothing is available the line waits for its holders, not for the worker.
local waits = ARGV[5] == '' and ARGV[4] ~= '0' and redis.call('EXISTS', KEYS[2]) == 1
count_pace(KEYS[9], pace_now(), served - tonumber(sale[4]), waits)
redis.call('DEL', KEYS[3], KEYS[7])
redis.call('INCR', KEYS[8])
return { 'done' }
