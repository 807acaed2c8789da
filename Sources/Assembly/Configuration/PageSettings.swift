public import FlashSale
import FlashSaleAPI

/// The shopper's pages.
public struct PageSettings: Sendable, Equatable {
    /// How the pages know who looks at them.
    public enum Identity: String, Sendable, CaseIterable {
        /// Whoever comes says a name.
        case named
        /// The shop says who comes, by a signed link.
        case signed
    }

    /// Whether there are pages.
    public var isEnabled: Bool
    /// How the pages know who looks at them.
    public var identity: Identity
    /// What links and cookies are signed with.
    public var secret: VisitorKey?
    /// Whether an order can be paid on its page, with a payment that moves no money.
    public var simulatesPayments: Bool

    /// Reads the settings.
    ///
    /// - Parameter isLoopback: Whether only this machine can reach the pages.
    init(reading reader: inout SettingReader, isLoopback: Bool) {
        isEnabled = reader.read(Settings.pagesEnabled) == .on
        identity = reader.read(Settings.pagesIdentity)
        secret = reader.read(Settings.pagesSecret)
        simulatesPayments = reader.read(Settings.pagesSimulatedPayments) == .on
        if isEnabled { check(&reader, isLoopback: isLoopback) }
    }

    private func check(_ reader: inout SettingReader, isLoopback: Bool) {
        if identity == .named, !isLoopback {
            let message =
                "Whoever reaches the pages could buy in another's name."
                + " Set pages.identity to signed and pages.secret, or http.host to 127.0.0.1."
            reader.report("pages.identity", message)
        }
        if identity == .signed, secret == nil, !reader.hasProblem(with: Settings.pagesSecret) {
            let message = "pages.identity signed needs it. Set the key that the shop signs its links with."
            reader.report("pages.secret", message)
        }
        if simulatesPayments, !isLoopback {
            let message =
                "Whoever reaches the pages could have an order for nothing. Set it to off, or http.host to 127.0.0.1."
            reader.report("pages.simulated-payments", message)
        }
    }

    /// How the API serves the pages; nil for not at all.
    var options: PageOptions? {
        guard isEnabled else { return nil }
        switch (identity, secret) {
        case (.named, _): return PageOptions(identity: .named, simulatesPayments: simulatesPayments)
        case (.signed, let key?): return PageOptions(identity: .signed(key), simulatesPayments: simulatesPayments)
        // Refused when the settings were read.
        case (.signed, nil): return nil
        }
    }
}

extension SettingKind where Value == VisitorKey {
    /// Keys of links and cookies.
    static var visitorKey: SettingKind {
        SettingKind(
            placeholder: "SECRET",
            expected: "a random text of 32 to 512 bytes",
            parse: { try? VisitorKey($0) },
            format: { _ in Secret.mask }
        )
    }
}
