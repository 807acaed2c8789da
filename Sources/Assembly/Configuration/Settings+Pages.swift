extension Settings {
    // MARK: The shopper's pages

    static let pagesEnabled = Setting(
        "pages.enabled",
        SettingKind<Switch>.choice,
        default: .off,
        for: [.api],
        "Whether the API serves pages for shoppers at /, beside its routes under /api."
    )
    static let pagesIdentity = Setting(
        "pages.identity",
        SettingKind<PageSettings.Identity>.choice,
        default: .signed,
        for: [.api],
        "How pages know a shopper: signed, by a link of the shop's; named, by any name, on a loopback address only."
    )
    static let pagesSecret = Setting(
        "pages.secret",
        optional: .visitorKey,
        for: [.api],
        isSecret: true,
        "The key that the shop signs its links with; the same for every flashsale-api."
    )
    static let pagesSimulatedPayments = Setting(
        "pages.simulated-payments",
        SettingKind<Switch>.choice,
        default: .off,
        for: [.api],
        "Whether an order can be paid on its page without any money, on a loopback address only."
    )
}
