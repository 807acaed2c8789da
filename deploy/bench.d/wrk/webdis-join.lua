-- Joins of ever new users by webdis: GET with the script's keys and arguments in the path.
-- Arguments: 1 what the users' ids begin with, new each time; 2 the script's SHA
dofile(os.getenv('BENCH_FOLDER') .. '/wrk/report.lua')

local before_cart, after_cart, before_user, after_user, user, number = nil, nil, nil, nil, nil, 0

function init(args)
    user = args[1] .. '-'
    -- %7B and %7D are the braces of the keys' hash tag.
    before_cart = 'GET /EVALSHA/' .. args[2] .. '/6/flash_sale:%7B1%7D/flash_sale_queue:%7B1%7D/cart_item:'
    after_cart = ':%7B1%7D/flash_sale_outcome:%7B1%7D/flash_sale_rate:'
    before_user = ':%7B1%7D/flash_sale_pace:%7B1%7D/'
    -- quantity, repeated calls, renewal, product, no nonce, no ticket; see enqueue.lua.
    after_user = '/1/10/1/1/-/0 HTTP/1.1\r\nHost: ' .. wrk.host .. '\r\n\r\n'
end

function request()
    number = number + 1
    local name = user .. (10000000 + number)
    return before_cart .. name .. after_cart .. name .. before_user .. name .. after_user
end
