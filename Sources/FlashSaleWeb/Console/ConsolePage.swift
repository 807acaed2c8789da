/// A page of the operator's console: pure functions from values to HTML, all in one frame.
///
/// No script and no style stands in the page; it works without scripts, which only refresh what is marked `data-live`.
public enum ConsolePage {
    /// The policy that every page is sent with.
    public static let contentSecurityPolicy =
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self';"
        + " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

    /// The style of all pages, charts included.
    public static let styleSheet =
        String(decoding: PackageResources.console_css, as: UTF8.self) + Chart.styleSheet

    /// What refreshes pages.
    public static let script = String(decoding: PackageResources.console_js, as: UTF8.self)

    /// The form that asks for the key.
    ///
    /// - Parameter problem: What was wrong with the one before.
    public static func login(problem: String? = nil) -> String {
        let message: ConsoleHTML =
            problem.map { #"<p class="problem" id="problem" role="alert">\#($0)</p>"# } ?? .nothing
        return document(
            "Log in",
            refreshes: false,
            body: """
                <main class="narrow"><h1>FlashSale console</h1>\(message)
                <form method="post" action="/login" class="card stack">
                <label for="key">Operator’s key</label>
                <input id="key" name="key" type="password" autocomplete="current-password" required autofocus>
                <p class="hint">It is <code>admin.key</code> of the API. <code>flashsale dev</code> keeps its own in
                <code>admin.key</code> in the data folder.</p>
                <button class="primary">Log in</button></form></main>
                """
        )
    }

    /// What went wrong, with a way back.
    public static func failure(_ title: String, _ detail: String, token: String? = nil) -> String {
        frame(
            title,
            token: token,
            refreshes: false,
            content: """
                <h1>\(title)</h1><p>\(detail)</p><p><a href="/">To the overview</a></p>
                """
        )
    }

    /// What an action came to, where that is more than one line.
    public static func result(_ summary: String, problems: [String], back: String, token: String) -> String {
        let lines = problems.map { "<li>\($0)</li>" as ConsoleHTML }
        return frame(
            "Done",
            token: token,
            refreshes: false,
            content: """
                <h1>\(summary)</h1><ul class="problem">\(lines)</ul><p><a href="\(back)">Go on</a></p>
                """
        )
    }

    /// A page with the menu.
    static func frame(
        _ title: String,
        current: String = "",
        token: String?,
        refreshes: Bool,
        content: ConsoleHTML
    ) -> String {
        let links = [("/", "Sales"), ("/failed", "Failed entries"), ("/payments", "Payments"), ("/log", "Log")]
        let menu = links.map { path, name -> ConsoleHTML in
            let mark: ConsoleHTML = path == current ? #" aria-current="page""# : .nothing
            return #"<li><a href="\#(path)"\#(mark)>\#(name)</a></li>"#
        }
        let logout: ConsoleHTML =
            token.map { token in
                """
                <form method="post" action="/logout">\(field(token))<button class="plain">Log out</button></form>
                """
            } ?? .nothing
        return document(
            title,
            refreshes: refreshes,
            body: """
                <a class="skip" href="#content">To the content</a>
                <header><a class="brand" href="/">FlashSale<span>console</span></a><nav aria-label="Main"><ul>\(menu)</ul></nav>
                <p id="freshness" role="status"></p>\(logout)</header>
                <main id="content" tabindex="-1">\(content)</main>
                """
        )
    }

    /// The hidden field with the session's token.
    static func field(_ token: String) -> ConsoleHTML {
        #"<input type="hidden" name="token" value="\#(token)">"#
    }

    private static func document(_ title: String, refreshes: Bool, body: ConsoleHTML) -> String {
        let refresh: ConsoleHTML =
            refreshes
            ? """
            <script src="/assets/console.js" defer></script>
            <noscript><meta http-equiv="refresh" content="5"></noscript>
            """ : .nothing
        let page: ConsoleHTML = """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>\(title) · FlashSale console</title>
            <meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark">
            <meta name="robots" content="noindex"><link rel="stylesheet" href="/assets/console.css">\(refresh)</head>
            <body>\(body)</body></html>

            """
        return page.text
    }
}
