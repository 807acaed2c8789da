-- People who look at a sale's progress, each with a browser's cookie, and none with the address of another.
dofile(os.getenv('BENCH_FOLDER') .. '/wrk/report.lua')

local requests, number = {}, 0

function init(args)
    for user = 1, 1000 do
        requests[user] = 'GET ' .. wrk.path .. '?' .. user .. ' HTTP/1.1\r\nHost: ' .. wrk.host
            .. '\r\nCookie: flashsale-user=u' .. user .. '\r\n\r\n'
    end
end

function request()
    number = number % 1000 + 1
    return requests[number]
end
