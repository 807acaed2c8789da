/// The accounts of a private MariaDB server.
public struct MariaDBCredentials: Sendable, Codable, Equatable {
    /// A user and its password.
    public struct Account: Sendable, Codable, Equatable {
        /// The user's name.
        public var user: String
        /// Its password.
        public var password: String

        /// An account.
        public init(user: String, password: String) {
            self.user = user
            self.password = password
        }
    }

    /// May read and change rows of the database, nothing else.
    public var application: Account
    /// May change the database's tables as well.
    public var migration: Account

    /// The usual names, with passwords of 160 random bits.
    static func random() -> MariaDBCredentials {
        MariaDBCredentials(
            application: Account(user: "flashsale", password: randomPassword()),
            migration: Account(user: "flashsale_migration", password: randomPassword())
        )
    }

    /// 32 characters of 5 random bits each, none of which means anything to SQL, to a URL or to a shell.
    static func randomPassword() -> String {
        let alphabet = Array("abcdefghijkmnpqrstuvwxyz23456789")
        var generator = SystemRandomNumberGenerator()
        return String((0..<32).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] })
    }
}
