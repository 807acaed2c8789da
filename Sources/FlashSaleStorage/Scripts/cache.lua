-- Keeps a document that was read from the database, unless what it shows has changed since the read began.
--
-- KEYS: 1 cache, 2 changes
-- ARGV: 1 the changes counter before the read ('' when there was none), 2 document, 3 life in seconds
-- Result: {'kept'} or {'changed'}
if (redis.call('GET', KEYS[2]) or '') ~= ARGV[1] then return { 'changed' } end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return { 'kept' }
