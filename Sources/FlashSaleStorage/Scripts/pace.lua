-- Shared by the scripts that move a line; the loader puts this text in front of theirs.

-- The pace of a line: a hash with a field for each of the last 36 buckets of 5 s, `TICKETS:MILLISECONDS`: how many tickets
-- were decided in it, and for how long somebody waited in it. `at` says up to when waiting is counted; it is there only
-- while somebody waits for the worker, so that an empty or paused line does not look like a slow one.
local pace_bucket, pace_buckets, pace_life = 5000, 36, 600

-- Milliseconds since the epoch by Redis's clock.
local function pace_now()
    local time = redis.call('TIME')
    return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

-- Somebody waits from now on, unless somebody waits already.
local function begin_wait(key, now)
    if redis.call('HSETNX', key, 'at', string.format('%.0f', now)) == 1 then redis.call('EXPIRE', key, pace_life) end
end

-- Counts the tickets that were decided, and the time that passed; a new bucket takes the place of those that are too old.
local function count_pace(key, now, tickets, waits)
    local current = math.floor(now / pace_bucket)
    local oldest = current - pace_buckets + 1
    local at = math.min(tonumber(redis.call('HGET', key, 'at') or now), now)
    at = math.max(at, oldest * pace_bucket)
    if redis.call('HEXISTS', key, string.format('%.0f', current)) == 0 then
        for _, field in ipairs(redis.call('HKEYS', key)) do
            if field ~= 'at' and tonumber(field) < oldest then redis.call('HDEL', key, field) end
        end
    end
    for bucket = math.floor(at / pace_bucket), current do
        local field = string.format('%.0f', bucket)
        local known = redis.call('HGET', key, field) or '0:0'
        local decided, waited = string.match(known, '^(%d+):(%d+)$')
        local passed = math.min(now, (bucket + 1) * pace_bucket) - math.max(at, bucket * pace_bucket)
        if bucket == current then decided = decided + tickets end
        redis.call('HSET', key, field, string.format('%.0f:%.0f', decided, waited + passed))
    end
    if waits then
        redis.call('HSET', key, 'at', string.format('%.0f', now))
    else
        redis.call('HDEL', key, 'at')
    end
    redis.call('EXPIRE', key, pace_life)
end
