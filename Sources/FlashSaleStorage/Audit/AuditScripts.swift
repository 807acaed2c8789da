import Redis

/// Scripts that read what an audit compares, a page at a time.
///
/// They are the operator's alone, and apart from those of the line, which never look at anything but their own product.
enum AuditScripts {
    /// Tickets of a page of the line, as ranges.
    ///
    /// KEYS: 1 queue or processing list. ARGV: 1 first index, 2 last index.
    /// Result: {elements, tickets, from, to, from, to, …}. Elements that name no ticket are none of the line's.
    static let tickets = RedisScript(
        name: "audit_tickets",
        source: """
            #!lua flags=no-writes
            local elements = redis.call('LRANGE', KEYS[1], ARGV[1], ARGV[2])
            local reply, tickets, from, to = { #elements, 0 }, 0, nil, nil
            for _, element in ipairs(elements) do
                local ticket = tonumber(string.match(element, '^%l* ?1:([1-9]%d*):[1-9]%d*:') or '')
                if ticket then
                    tickets = tickets + 1
                    if from and ticket == from - 1 then
                        from = ticket
                    elseif to and ticket == to + 1 then
                        to = ticket
                    else
                        if from then reply[#reply + 1] = from; reply[#reply + 1] = to end
                        from, to = ticket, ticket
                    end
                end
            end
            if from then reply[#reply + 1] = from; reply[#reply + 1] = to end
            reply[2] = tickets
            return reply
            """
    )

    /// Compares a page of decisions with the outcomes that users are shown, and mends them if told to.
    ///
    /// KEYS: 1 outcomes, 2 queue, 3 processing, 4 product changes.
    /// ARGV: 1 lines `ticket user outcome alternative may-be-missing`, by rising ticket; 2 their number; 3 most
    /// differences to return; 4 '1' to mend; 5 the changes counter as the caller knows it.
    /// Result: {'compared', lines whose outcome is shown, differences, `ticket user outcome shown` …}, {'cut'} when
    /// lines are missing, {'busy'} when the line has moved on since.
    static let outcomes = RedisScript(
        name: "audit_outcomes",
        source: """
            #!lua flags=allow-oom
            if redis.call('EXISTS', KEYS[2], KEYS[3]) > 0 or (redis.call('GET', KEYS[4]) or '') ~= ARGV[5] then
                return { 'busy' }
            end
            local lines, shown, differences, rows = 0, 0, 0, {}
            for line in string.gmatch(ARGV[1], '[^\\n]+') do
                local ticket, user, outcome, other, optional = string.match(line, '^(%d+) (%S+) (%S+) (%S+) (%d)$')
                if not ticket then return { 'cut' } end
                lines = lines + 1
                local known = redis.call('HGET', KEYS[1], user)
                local known_ticket = tonumber(string.match(known or '', '^1:(%d+):%d+:[%l_]+:%d+$') or '')
                local is_right = known == outcome or known == other
                if is_right and known_ticket == tonumber(ticket) then shown = shown + 1 end
                if not is_right and known and known_ticket and known_ticket > tonumber(ticket) then is_right = true end
                if not is_right and not known and optional == '1' then is_right = true end
                if not is_right then
                    differences = differences + 1
                    if #rows < tonumber(ARGV[3]) then
                        rows[#rows + 1] = ticket .. ' ' .. user .. ' ' .. outcome .. ' ' .. (known or '-')
                    end
                    if ARGV[4] == '1' then redis.call('HSET', KEYS[1], user, outcome) end
                end
            end
            if lines ~= tonumber(ARGV[2]) then return { 'cut' } end
            return { 'compared', shown, differences, unpack(rows) }
            """
    )

    /// Looks at a page of all keys.
    ///
    /// KEYS: none. ARGV: 1 cursor, 2 pattern, 3 page size, then the prefixes of our keys.
    /// Result: {next cursor, keys, kind, key, kind, key, …} with kind `stray` or `endless` (a cart without a TTL).
    static let keys = RedisScript(
        name: "audit_keys",
        source: """
            #!lua flags=no-writes
            local page = redis.call('SCAN', ARGV[1], 'MATCH', ARGV[2], 'COUNT', ARGV[3])
            local reply = { page[1], #page[2] }
            for _, key in ipairs(page[2]) do
                local is_ours = false
                for index = 4, #ARGV do
                    if string.sub(key, 1, #ARGV[index]) == ARGV[index] then is_ours = true end
                end
                if not is_ours then
                    reply[#reply + 1] = 'stray'
                    reply[#reply + 1] = key
                elseif string.sub(key, 1, 10) == 'cart_item:' and redis.call('PTTL', key) == -1 then
                    reply[#reply + 1] = 'endless'
                    reply[#reply + 1] = key
                end
            end
            return reply
            """
    )

    /// Drops marks of people who left, once nobody is in line any more.
    ///
    /// KEYS: 1 left, 2 queue, 3 processing. Result: {'dropped', marks} or {'busy'}.
    static let dropMarks = RedisScript(
        name: "audit_drop_marks",
        source: """
            #!lua flags=allow-oom
            if redis.call('EXISTS', KEYS[2], KEYS[3]) > 0 then return { 'busy' } end
            local marks = redis.call('SCARD', KEYS[1])
            redis.call('DEL', KEYS[1])
            return { 'dropped', marks }
            """
    )

    /// Takes away outcomes that no decision stands behind, unless they have changed since they were read.
    ///
    /// KEYS: 1 outcomes. ARGV: user, outcome as read, user, … Result: {'dropped', number}.
    static let dropOutcomes = RedisScript(
        name: "audit_drop_outcomes",
        source: """
            #!lua flags=allow-oom
            local dropped = 0
            for index = 1, #ARGV, 2 do
                if redis.call('HGET', KEYS[1], ARGV[index]) == ARGV[index + 1] then
                    dropped = dropped + redis.call('HDEL', KEYS[1], ARGV[index])
                end
            end
            return { 'dropped', dropped }
            """
    )
}
