-- Joins of ever new users by webdis: GET with the script's keys and arguments in the path.
-- Arguments: 1 what the users' ids begin with, new each time; 2 the script's SHA
dofile(os.getenv('BENCH_FOLDER') .. '/wrk/report.lua')

local before_user, after_user, user, number = nil, nil, nil, 0

function init(args)
    user = args[1] .. '-'
    -- %7B and %7D are the braces of the keys' hash tag.
    -- Product, no nonce, no ticket, repeated calls, renewal; see enqueue.lua.
    before_user = 'GET /EVALSHA/' .. args[2] .. '/4/flash_sale:%7B1%7D/flash_sale_queue:%7B1%7D/'
        .. 'flash_sale_outcome:%7B1%7D/flash_sale_pace:%7B1%7D/1/-/0/10/1/'
    after_user = '/1 HTTP/1.1\r\nHost: ' .. wrk.host .. '\r\n\r\n'
end

function request()
    number = number + 1
    return before_user .. user .. (10000000 + number) .. after_user
end
