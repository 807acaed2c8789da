-- A sale: four polls of users who wait, then a new user joins, and so on.
-- Arguments: 1 what the new users' ids begin with, new each time; 2 how many users, w1, w2, …, wait already
dofile(os.getenv('BENCH_FOLDER') .. '/wrk/report.lua')

local join, join_end, poll, poll_end, users, number = nil, '"}', nil, nil, 1, 0

function init(args)
    local body = '{"user_id":"' .. args[1] .. '-'
    join = 'POST ' .. wrk.path .. ' HTTP/1.1\r\nHost: ' .. wrk.host .. '\r\nContent-Type: application/json\r\n'
        .. 'Content-Length: ' .. #body + 8 + #join_end .. '\r\n\r\n' .. body
    poll = 'GET ' .. wrk.path .. '/w'
    poll_end = ' HTTP/1.1\r\nHost: ' .. wrk.host .. '\r\n\r\n'
    users = tonumber(args[2])
end

function request()
    number = number + 1
    if number % 5 == 0 then return join .. (10000000 + number) .. join_end end
    return poll .. number % users + 1 .. poll_end
end
