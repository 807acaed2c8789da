-- Joins of ever new users: POST with a JSON body.
-- Arguments: 1 what the users' ids begin with, new each time
dofile(os.getenv('BENCH_FOLDER') .. '/wrk/report.lua')

local head, tail, number = nil, '"}', 0

function init(args)
    -- Eight digits: the length is always the same.
    local body = '{"user_id":"' .. args[1] .. '-'
    local length = #body + 8 + #tail
    head = 'POST ' .. wrk.path .. ' HTTP/1.1\r\nHost: ' .. wrk.host .. '\r\nContent-Type: application/json\r\n'
        .. 'Content-Length: ' .. length .. '\r\n\r\n' .. body
end

function request()
    number = number + 1
    return head .. (10000000 + number) .. tail
end
