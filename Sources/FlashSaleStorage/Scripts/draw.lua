-- Shared by the scripts of products that are drawn; the loader puts this text behind sale.lua, and in front of theirs. They
-- are those of every other line, but see entries too.
--
-- An entry is a cart `1:e:NUMBER:QUANTITY`, and an element of the list of entries. Numbers are taken from the line's tickets,
-- so that the drawn have tickets below everybody who comes later. `opens_at` is far away for as long as the line lives: a
-- script that knows nothing of draws takes nobody in.
local line_sale, line_cart, line_standing = read_sale, parse_cart, read_standing

-- The sale's hash as a table, or nil; draw_at is nil where nothing is drawn.
local function read_sale(key)
    local sale = line_sale(key)
    if not sale then return nil end
    local draw = redis.call('HMGET', key, 'enters_at', 'draw_at', 'last_entry', 'entrants', 'entering_over')
    sale.draw_at = tonumber(draw[2])
    if sale.draw_at then sale.opens_at = tonumber(draw[1]) end
    sale.last_entry = tonumber(draw[3] or sale.first_ticket)
    sale.entrants = tonumber(draw[4] or 0)
    sale.entering_over = draw[5]
    return sale
end

-- A cart's value as {ticket, quantity, is_entry}, or nil; an entry's number stands for its ticket.
local function parse_cart(value, sale)
    local number, quantity = string.match(value or '', '^1:e:(%d+):(%d+)$')
    if not number then return line_cart(value, sale) end
    number = tonumber(number)
    if number <= sale.first_ticket then return nil end
    return { ticket = number, quantity = tonumber(quantity), is_entry = true }
end

-- Where the user stands; for whoever has entered, the number of entrants stands for the order.
local function read_standing(sale, cart, outcome)
    if not (cart and cart.is_entry) then return line_standing(sale, cart, outcome) end
    if outcome and outcome.ticket > cart.ticket then return outcome end
    if cart.quantity == 0 then return { ticket = cart.ticket, quantity = 0, status = 'left', order = cart.ticket } end
    return { ticket = cart.ticket, quantity = cart.quantity, status = 'entered', order = sale.entrants }
end
