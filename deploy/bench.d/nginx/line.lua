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

local function show(status, place, product, user)
    local path = '/api/products/' .. product .. '/queue/' .. user
    if status == 202 then ngx.header['Location'] = path end
    answer(status, {
        status = place.status, product_id = tonumber(product), user_id = user, ticket = place.ticket,
        quantity = place.quantity, position = place.ticket - place.served, served_ticket = place.served,
        last_ticket = place.last, sale_state = place.sale, stock_state = place.stock, cart_expires_at_ms = place.cart,
        order_id = product .. '-' .. place.order, status_url = path, poll_after_ms = 1000,
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
    local reply = run(line.enqueue, 4, 'flash_sale' .. tag, 'flash_sale_queue' .. tag, 'flash_sale_outcome' .. tag,
        'flash_sale_pace' .. tag, product, '', 0, 10, 1, user, quantity)
    if not reply then return end
    local place = reply[8]
    if not place then return answer(404, { code = 'product_not_found' }) end
    if type(place) == 'number' then
        -- A new place: word, nonce, served, last, sale, stock, cart, ticket.
        return show(202, {
            ticket = place, quantity = quantity, status = 'queued', order = place, served = reply[3], last = reply[4],
            sale = reply[5], stock = reply[6], cart = reply[7],
        }, product, user)
    end
    if place[1] == 'in_line' or place[1] == 'decided' then
        return show(200, {
            ticket = place[2], quantity = place[3], status = place[4], order = place[5], served = reply[3],
            last = reply[4], sale = reply[5], stock = reply[6], cart = place[6],
        }, product, user)
    end
    answer(409, { code = place[1] })
end

function line.poll()
    local product, user = ngx.var[1], ngx.var[2]
    if not is_user(user) then return answer(422, { code = 'invalid_field' }) end
    local tag = ':{' .. product .. '}'
    local reply = run(line.standing, 2, 'flash_sale' .. tag, 'flash_sale_outcome' .. tag, product, '', 0, 1, user)
    if not reply then return end
    if reply[1] ~= 'standings' or reply[6] == 0 then return answer(404, { code = 'not_in_line' }) end
    show(200, {
        ticket = reply[6], quantity = reply[7], status = reply[8], order = reply[9], served = reply[2], last = reply[3],
        sale = reply[4], stock = reply[5], cart = reply[10],
    }, product, user)
end

return line
