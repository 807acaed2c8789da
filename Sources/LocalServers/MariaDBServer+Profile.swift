extension MariaDBServer {
    /// The durable settings of `mariadbd`: the text of `config/mariadb.cnf`, which explains each line.
    ///
    /// Embedded, so that an installed program needs no file beside it. A test keeps the two equal.
    public static let durableProfile = #"""
        # MariaDB for a flash sale: a committed order survives a power cut, and no statement bends a value to make it
        # fit.
        #
        # `flashsale dev` starts its private mariadbd with these settings. On a server of your own, copy this file to
        # /etc/mysql/mariadb.conf.d/90-flashsale.cnf. Where MariaDB listens, who may use it, and where its files lie
        # are the business of the other files there.

        [mariadbd]

        # --- Durability ----------------------------------------------------------------------------------------------

        # Flush the log to disk at every commit. 2 would survive a killed process but not a power cut.
        innodb_flush_log_at_trx_commit = 1

        # Write each page twice, so that a power cut in the middle of a write leaves one whole copy.
        innodb_doublewrite = ON

        # There is no binary log unless another file turns one on (for a replica, say); then flush it at every commit
        # as well. Its default, 0, would make commits with a binary log not durable.
        sync_binlog = 1

        # --- Correctness ---------------------------------------------------------------------------------------------

        # Refuse a value that does not fit, a date that does not exist, a division by zero, and a table without
        # transactions.
        sql_mode = STRICT_TRANS_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION

        # Each statement sees what is committed when it starts. The default, REPEATABLE-READ, loses an update made
        # between a plain read and a write.
        transaction_isolation = READ-COMMITTED

        # Four-byte UTF-8, whatever the client asks for.
        character_set_server = utf8mb4
        collation_server = utf8mb4_unicode_ci

        # All times are in UTC, whatever the machine's time zone.
        default_time_zone = '+00:00'

        # --- Waiting -------------------------------------------------------------------------------------------------

        # A row lock is held for milliseconds. Who has waited for three seconds gets an error, rolls back and tries
        # again.
        innodb_lock_wait_timeout = 3

        # Log each deadlock: the program retries them, a person may want to know why there are many.
        innodb_print_all_deadlocks = ON

        # --- Security ------------------------------------------------------------------------------------------------

        # No statement may read a file of the client's machine.
        local_infile = OFF

        # Accounts are told apart by address, not by a name that a DNS server could change.
        skip_name_resolve = ON

        # No symbolic links between tables and files elsewhere.
        symbolic_links = OFF

        # --- Resources -----------------------------------------------------------------------------------------------

        # Enough for the tables of a sale of some million orders. On a machine of its own, MariaDB may have half the
        # memory.
        innodb_buffer_pool_size = 256M

        # Room for a burst of commits before pages have to be written back in the middle of a sale.
        innodb_log_file_size = 128M

        # API, worker and command-line processes each hold a few connections; this leaves room for a dozen of them.
        max_connections = 200

        # Statistics of every statement cost memory and some speed. Turn it on while you look for something.
        performance_schema = OFF

        """#
}
