-- Shows outcomes again that were lost with the line, a page of tickets at a time.
--
-- KEYS: 1 sale, 2 outcomes
-- ARGV: 1 fence, 2 the ticket that the page starts above, 3 its last ticket ('' when it is the last page),
--       4 life of the outcomes in seconds, then for each of at most 1,000: user, outcome
--       `1:TICKET:QUANTITY:STATUS:ORDER`
-- Result: {'rebuilt'}, {'stale'} when that page was shown before, {'missing'}, {'fenced', fence}
local sale = redis.call('HMGET', KEYS[1], 'nonce', 'fence', 'rebuild_after')
if not sale[1] then return { 'missing' } end
local seen = tonumber(sale[2] or 0)
if tonumber(ARGV[1]) < seen then return { 'fenced', seen } end
if sale[3] ~= ARGV[2] then return { 'stale' } end
local users, outcomes = {}, {}
for index = 5, #ARGV, 2 do
    users[#users + 1] = ARGV[index]
    outcomes[#outcomes + 1] = ARGV[index + 1]
end
show_outcomes(KEYS[2], users, outcomes, true)
if #ARGV > 5 then redis.call('EXPIRE', KEYS[2], ARGV[4]) end
if ARGV[3] == '' then
    redis.call('HDEL', KEYS[1], 'rebuild_after')
else
    redis.call('HSET', KEYS[1], 'rebuild_after', ARGV[3])
end
return { 'rebuilt' }
