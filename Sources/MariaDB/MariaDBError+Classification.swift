extension MariaDBError {
    /// What was going on when a statement failed: the same code means different things.
    enum Phase: CaseIterable {
        /// A connection is being opened: nothing was begun.
        case connecting
        /// A statement that only reads, outside of a transaction.
        case read
        /// Any other statement outside of a transaction: it commits itself.
        case write
        /// Inside of a transaction, or beginning one: nothing is committed.
        case transaction
        /// COMMIT.
        case commit
    }

    /// What a code of the server or of the client library means.
    ///
    /// Codes from 2000 to 2999 and from 5000 to 5999 are the client library's (`errmsg.h`), the others the server's
    /// (`mysqld_error.h`).
    static func kind(ofCode code: UInt32, during phase: Phase) -> Kind {
        if phase == .connecting { return .cannotConnect }
        if code == LibraryError.misuseCode { return .bug }
        if interruptionCodes.contains(code) || brokenStreamCodes.contains(code) {
            return kindOfInterruption(during: phase)
        }
        if phase == .commit, code == statementTimeoutCode { return .unknownOutcome }
        if let kind = answerKinds[code] { return kind }
        // An unlisted code of the library's own means that it gave up on the reply to COMMIT.
        return phase == .commit && isLibraryCode(code) ? .unknownOutcome : .other
    }

    /// Whether a connection can be used again after this code: not when replies may be missing or left over.
    static func leavesConnectionUsable(_ code: UInt32) -> Bool {
        !isLibraryCode(code) && !closingCodes.contains(code)
    }

    private static func kindOfInterruption(during phase: Phase) -> Kind {
        switch phase {
        case .connecting: .cannotConnect
        case .read, .transaction: .retry
        case .write, .commit: .unknownOutcome
        }
    }

    private static func isLibraryCode(_ code: UInt32) -> Bool {
        (2_000...2_999).contains(code) || (5_000...5_999).contains(code)
    }

    /// The connection or the statement was cut off; on COMMIT, or where a statement commits itself, nobody knows what
    /// became of it.
    private static let interruptionCodes: Set<UInt32> = [
        2_006,  // CR_SERVER_GONE_ERROR
        2_013,  // CR_SERVER_LOST
        1_927,  // ER_CONNECTION_KILLED
        1_053,  // ER_SERVER_SHUTDOWN
        1_158, 1_159, 1_160, 1_161,  // ER_NET_READ_ERROR … ER_NET_WRITE_INTERRUPTED
        1_317,  // ER_QUERY_INTERRUPTED
        1_180,  // ER_ERROR_DURING_COMMIT
    ]

    /// The same loss as 2013, where TLS or the packet's frame noticed it first.
    private static let brokenStreamCodes: Set<UInt32> = [
        2_026,  // CR_SSL_CONNECTION_ERROR
        2_027,  // CR_MALFORMED_PACKET
        5_014,  // CR_ERR_NET_WRITE
    ]

    /// Server codes after which the server closes the connection.
    private static let closingCodes: Set<UInt32> = [
        1_927, 1_053, 1_158, 1_159, 1_160, 1_161,
        1_153,  // ER_NET_PACKET_TOO_LARGE
        1_040, 1_203,
    ]

    private static let statementTimeoutCode: UInt32 = 1_969

    /// Codes that mean the same in every phase.
    private static let answerKinds: [UInt32: Kind] = [
        1_213: .retry,  // ER_LOCK_DEADLOCK
        1_020: .retry,  // ER_CHECKREAD
        1_614: .retry,  // ER_XA_RBDEADLOCK, also a failed certification
        1_205: .lockWaitTimeout,  // ER_LOCK_WAIT_TIMEOUT
        1_040: .cannotConnect,  // ER_CON_COUNT_ERROR
        1_203: .cannotConnect,  // ER_TOO_MANY_USER_CONNECTIONS
        2_002: .cannotConnect,  // CR_CONNECTION_ERROR
        2_003: .cannotConnect,  // CR_CONN_HOST_ERROR
        1_290: .cannotWrite,  // ER_OPTION_PREVENTS_STATEMENT: read_only
        1_836: .cannotWrite,  // ER_READ_ONLY_MODE
        1_021: .cannotWrite,  // ER_DISK_FULL
        1_114: .cannotWrite,  // ER_RECORD_FILE_FULL
        1_026: .cannotWrite,  // ER_ERROR_ON_WRITE
        1_062: .alreadyExists,  // ER_DUP_ENTRY
        1_264: .entry,  // ER_WARN_DATA_OUT_OF_RANGE
        1_406: .entry,  // ER_DATA_TOO_LONG
        1_690: .entry,  // ER_DATA_OUT_OF_RANGE
        4_025: .entry,  // ER_CONSTRAINT_FAILED
        2_014: .bug,  // CR_COMMANDS_OUT_OF_SYNC
        statementTimeoutCode: .statementTimeout,  // ER_STATEMENT_TIMEOUT
    ]
}
