-- Where a user stands with a product.
--
-- KEYS: 1 sale, 2 cart, 3 outcomes
-- ARGV: 1 user, 2 '1' when the call renews the cart, 3 product, 4 the line's nonce as the caller knows it (''), 5 the highest
--       ticket it was ever given under that
-- Result: {'standing', …} as in sale.lua, {'none'} or {'unknown'}
local sale = read_sale(KEYS[1])
if not sale or drop_older_copy(KEYS[1], sale, ARGV[4], ARGV[5], ARGV[3]) then return { 'unknown' } end
local now = now_milliseconds()
local standing = read_standing(sale, read_cart(KEYS[2], sale), read_outcome(KEYS[3], ARGV[1]))
if not standing then return { 'none' } end
-- A cart of a sold-out range is renewed too: it is all that still tells the user the outcome.
local expires = renew_cart(KEYS[2], sale, now, ARGV[2] == '1' and standing.status ~= 'left')
return standing_reply('standing', standing, sale, standing.status == 'queued' and expires or 0, now)
