import FlashSale
import HTTPTypes
import Hummingbird

/// Reads and writes the cookies by which the pages know a visitor.
///
/// Only pages read them; the API is told the user by its caller.
struct Visitors: Sendable {
    private static let userCookie = "flashsale-user"
    private static let startCookie = "flashsale-start"
    /// More cookies than this nobody needs to send.
    private static let mostCookies = 64

    let identity: PageOptions.Identity
    let now: @Sendable () -> Timestamp

    /// Who looks at a page; nil when nobody has said so.
    func user(of request: Request) -> UserID? {
        guard let value = Self.cookie(Self.userCookie, of: request) else { return nil }
        switch identity {
        case .named: return try? UserID(value)
        case .signed(let key): return key.user(inPass: value, now: now())
        }
    }

    /// Has the browser remember who looks.
    func remember(_ user: UserID, in response: inout Response, to request: Request) {
        let value =
            switch identity {
            case .named: user.rawValue
            case .signed(let key): key.pass(for: user, now: now())
            }
        Self.set(Self.userCookie, value, path: "/", in: &response, to: request)
    }

    /// Has the browser remember how far the line was when the visitor joined: where the bar begins.
    func rememberStart(of standing: Standing, in response: inout Response, to request: Request) {
        let value = "\(standing.ticket).\(standing.servedTicket)"
        Self.set(Self.startCookie, value, path: "/products/\(standing.product)", in: &response, to: request)
    }

    /// How far the line was when the visitor joined; 0 when the browser does not know.
    ///
    /// A wrong one only bends a bar.
    func start(of standing: Standing, _ request: Request) -> Int64 {
        let parts = (Self.cookie(Self.startCookie, of: request) ?? "").split(separator: ".")
        guard parts.count == 2, parts[0] == "\(standing.ticket)", let served = Int64(parts[1]),
            (0...standing.servedTicket).contains(served)
        else { return 0 }
        return served
    }

    private static func set(
        _ name: String,
        _ value: String,
        path: String,
        in response: inout Response,
        to request: Request
    ) {
        // SameSite keeps other sites' forms out, and their scripts from reading.
        let field =
            "\(name)=\(value); Path=\(path); Max-Age=\(VisitorKey.passSeconds); HttpOnly; SameSite=Lax"
            + (request.cameByTLS ? "; Secure" : "")
        response.headers.append(HTTPField(name: .setCookie, value: field))
    }

    private static func cookie(_ name: String, of request: Request) -> Substring? {
        let pairs = request.headers[values: .cookie].joined(separator: "; ").split(
            separator: ";",
            maxSplits: mostCookies
        )
        return pairs.lazy.map { $0.drop { $0 == " " } }.first { $0.hasPrefix("\(name)=") }?.dropFirst(name.count + 1)
    }
}

extension Request {
    /// Whether the browser's connection is encrypted: TLS ends in front of us, and who carries the request on says how it came.
    var cameByTLS: Bool { headers[.forwardedProtocol]?.lowercased() == "https" }

    /// Refuses a form that another site has sent in the visitor's name.
    ///
    /// Browsers say where a form comes from, by `Sec-Fetch-Site` or `Origin`; a request that says neither is none of theirs.
    /// - Throws: ``Problem``: `cross_site`.
    func refuseOtherSites() throws(Problem) {
        let crossSite = Problem(.crossSite, "Forms are taken from pages of this host only. Nothing was done.")
        if let site = headers[.secFetchSite] {
            guard site == "same-origin" || site == "none" else { throw crossSite }
            return
        }
        let host = head.authority ?? ""
        guard let origin = headers[.origin], !host.isEmpty,
            origin == "http://\(host)" || origin == "https://\(host)"
        else { throw crossSite }
    }
}

extension HTTPField.Name {
    /// How a request came to the proxy in front of us.
    fileprivate static let forwardedProtocol: HTTPField.Name = {
        guard let name = HTTPField.Name("X-Forwarded-Proto") else {
            preconditionFailure("X-Forwarded-Proto is a token")
        }
        return name
    }()

    /// Where a browser says that a request comes from (W3C Fetch Metadata).
    fileprivate static let secFetchSite: HTTPField.Name = {
        guard let name = HTTPField.Name("Sec-Fetch-Site") else { preconditionFailure("Sec-Fetch-Site is a token") }
        return name
    }()
}
