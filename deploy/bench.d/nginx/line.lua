-- The peer: joins and polls in nginx's Lua, with the scripts and the answers of flashsale-api, but without its metrics,
-- request ids, limits and problem documents. The cart's end stays a number, which is less work than a date.
local cjson = require 'cjson'
local redis = require 'nginx.redis'

local line = { port = nil, enqueue = nil, standing = nil }

local function answer(status, document)
    local body = cjson.encode(document)
    ngx.status = status
    ngx.header['Content-Type'] = 'application/json'
    ngx.header['Cache-Control'] = 'no-store'
    -- Else nginx answers in chunks, which costs it more.
    ngx.header['Content-Length'] = #body
    ngx.print(body)
end

-- The script's reply, or nil when 503 was answered.
local function run(...)
    local client = redis:new()
    client:set_timeout(1000)
    local reply, problem = client:connect('127.0.0.1', line.port)
    if reply then reply, problem = client:evalsha(...) end
    if not reply then
        ngx.log(ngx.ERR, 'redis: ', problem)
        return answer(503, { code = 'unavailable' })
    end
    client:set_keepalive(60000, 256)
    return reply
end

local function show(status, reply, product, user)
    local path = '/api/products/' .. product .. '/queue/' .. user
    if status == 202 then ngx.header['Location'] = path end
    answer(status, {
        status = reply[4], product_id = tonumber(product), user_id = user, ticket = reply[2], quantity = reply[3],
        position = reply[2] - reply[6], served_ticket = reply[6], last_ticket = reply[7], sale_state = reply[9],
        stock_state = reply[10], cart_expires_at_ms = reply[8], order_id = product .. '-' .. reply[5],
        status_url = path, poll_after_ms = 1000,
    })
end

local function is_user(user)
    return type(user) == 'string' and ngx.re.find(user, '^[A-Za-z0-9._@+-]{1,64}$', 'jo')
end

function line.join()
    ngx.req.read_body()
    local is_json, body = pcall(cjson.decode, ngx.req.get_body_data() or '')
    if not is_json or type(body) ~= 'table' then return answer(400, { code = 'invalid_json' }) end
    local product, user, quantity = ngx.var[1], body.user_id, body.quantity or 1
    if not is_user(user) or type(quantity) ~= 'number' or quantity < 1 then
        return answer(422, { code = 'invalid_field' })
    end
    local tag = ':{' .. product .. '}'
    local reply = run(line.enqueue, 6, 'flash_sale' .. tag, 'flash_sale_queue' .. tag, 'cart_item:' .. user .. tag,
        'flash_sale_outcome' .. tag, 'flash_sale_rate:' .. user .. tag, 'flash_sale_pace' .. tag, user, quantity, 10, 1,
        product, '', 0)
    if not reply then return end
    if reply[1] == 'joined' then return show(202, reply, product, user) end
    if reply[1] == 'in_line' or reply[1] == 'decided' then return show(200, reply, product, user) end
    answer(409, { code = reply[1] })
end

function line.poll()
    local product, user = ngx.var[1], ngx.var[2]
    if not is_user(user) then return answer(422, { code = 'invalid_field' }) end
    local tag = ':{' .. product .. '}'
    local reply = run(line.standing, 2, 'flash_sale' .. tag, 'flash_sale_outcome' .. tag, product, '', 0, 1, user)
    if not reply then return end
    if reply[1] ~= 'standings' or reply[6] == 0 then return answer(404, { code = 'not_in_line' }) end
    -- As the script `enqueue` has it: word, ticket, quantity, status, order, served, last, cart, sale, stock.
    show(200, {
        'standing', reply[6], reply[7], reply[8], reply[9], reply[2], reply[3], reply[10], reply[4], reply[5],
    }, product, user)
end

return line
