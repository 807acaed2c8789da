extension RedisServer {
    /// The durable settings of `redis-server`: the text of `config/redis.conf`, which explains each line.
    ///
    /// Embedded, so that an installed program needs no file beside it. A test keeps the two equal.
    public static let durableProfile = #"""
        # Redis for a flash sale: nothing that was answered may be lost, nothing may be thrown away.
        #
        # `flashsale dev` starts its private redis-server with these settings. On a server of your own, include this
        # file at the end of /etc/redis/redis.conf, so that it has the last word:
        #     include /etc/flashsale/redis.conf
        # Where Redis listens, who may use it, and where its files lie are the including file's business.

        # --- Durability ----------------------------------------------------------------------------------------------

        # Write every change to the append-only file. Without it, a restart loses the line.
        appendonly yes

        # Flush that file to disk before a change is answered. `everysec` survives a killed process but not a power
        # cut, and a place in line that was confirmed must survive both.
        appendfsync always

        # Go on flushing while the file is being rewritten. `yes` here would silently switch `appendfsync always` off.
        no-appendfsync-on-rewrite no

        # Start a rewritten file with a compact image, so that a restart with a million waiting users takes seconds.
        aof-use-rdb-preamble yes

        # Rewrite the file once it has doubled since the last rewrite, but not before it has reached 64 MB.
        auto-aof-rewrite-percentage 100
        auto-aof-rewrite-min-size 64mb

        # After a power cut the file may end in half a command. That command was never answered: drop it and start.
        aof-load-truncated yes

        # No snapshots beside it: the append-only file holds everything, and a snapshot would fork in the middle of a
        # sale.
        save ""

        # --- Memory --------------------------------------------------------------------------------------------------

        # A waiting user costs about 185 bytes: a gigabyte is room for five million. Refuse beyond it rather than
        # swap.
        maxmemory 1gb

        # When memory is full, refuse new users. Any other policy would evict carts and lines: people would lose their
        # place.
        maxmemory-policy noeviction

        # Huge memory pages make every fork of a rewrite copy far more than it changes.
        disable-thp yes

        # --- Connections ---------------------------------------------------------------------------------------------

        # Refuse clients from other machines unless there is a password or an address to listen on has been set on
        # purpose.
        protected-mode yes

        # Notice a client machine that has vanished within a minute.
        tcp-keepalive 60

        # Never close a connection because it is idle: at night the line is quiet.
        timeout 0

        # Scripts are bounded and take well under a millisecond. One that ran for a second would be a bug: say so in
        # the log and answer BUSY to the others.
        lua-time-limit 1000

        # Log commands that took longer than 10 ms (the unit is the microsecond).
        slowlog-log-slower-than 10000

        """#
}
