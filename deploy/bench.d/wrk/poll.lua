-- GET of one path for each of many users, in turn.
-- Arguments: 1 how many users; their names, w1, w2, …, are appended to the path
dofile(os.getenv('BENCH_FOLDER') .. '/wrk/report.lua')

local head, tail, users, number = nil, nil, 1, 0

function init(args)
    users = tonumber(args[1])
    head = 'GET ' .. wrk.path .. 'w'
    tail = ' HTTP/1.1\r\nHost: ' .. wrk.host .. '\r\n\r\n'
end

function request()
    number = number % users + 1
    return head .. number .. tail
end
