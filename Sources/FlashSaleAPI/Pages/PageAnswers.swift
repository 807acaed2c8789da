import FlashSale
import FlashSaleWeb
import HTTPTypes
import Hummingbird
import NIOCore

/// Answers for people: pages, ways to other pages, and refusals in words.
struct PageAnswers: Sendable {
    let pages: ShopPages

    /// The language that a visitor reads.
    func language(of request: Request) -> PageLanguage {
        PageLanguage(acceptLanguage: request.headers[.acceptLanguage])
    }

    /// A page that only this visitor may see.
    func page(_ html: String, status: HTTPResponse.Status = .ok) -> Response {
        var response = Response(
            status: status,
            mediaType: MediaType.page,
            cache: .never,
            body: ByteBuffer(string: html)
        )
        response.headers[.vary] = "Accept-Language, Cookie"
        response.headers[.contentSecurityPolicy] = ShopPages.contentSecurityPolicy
        response.headers[.referrerPolicy] = "same-origin"
        return response
    }

    /// Go on there; the browser asks with GET, so that a refresh does not do it again.
    static func go(to path: String) -> Response {
        var response = Response(status: .seeOther)
        response.headers[.location] = path
        response.headers[.cacheControl] = CacheRule.never.rawValue
        return response
    }

    /// A refusal as a page, with the status that the API has for it.
    func problem(_ problem: Problem, _ request: Request, requestID: String) -> Response {
        let html = pages.problem(
            code: problem.code.rawValue,
            status: problem.code.status.code,
            requestID: requestID,
            again: Self.wayOn(from: request, problem),
            language: language(of: request)
        )
        var response = page(html, status: problem.code.status)
        if let seconds = problem.retryAfterSeconds { response.headers[.retryAfter] = String(seconds) }
        if !problem.allowedMethods.isEmpty { response.headers[.allow] = problem.allowedMethods.joined(separator: ", ") }
        return response
    }

    /// The page to go on from: that of the product whose form was refused, or the same one again.
    private static func wayOn(from request: Request, _ problem: Problem) -> String? {
        let parts = RequestTarget(request).path.split(separator: "/")
        guard parts.count >= 2, parts[0] == "products", let id = ProductID(text: parts[1]),
            problem.code != .productNotFound, problem.code != .notFound
        else { return nil }
        let isPlace = problem.code == .alreadyDecided || problem.code.rawValue.hasPrefix("hold_")
        return "/products/\(id)" + (isPlace ? "/queue" : "")
    }

    /// Whether a person asks for something that nothing here answers: then a page says so.
    static func isForPeople(_ request: Request) -> Bool {
        !RequestTarget(request).path.hasPrefix("/api/")
            && request.headers[.accept]?.contains(MediaType.pageName) == true
    }
}

extension HTTPField.Name {
    /// What a page may load and do.
    fileprivate static let contentSecurityPolicy = name("Content-Security-Policy")
    /// What other sites learn of where a visitor comes from.
    fileprivate static let referrerPolicy = name("Referrer-Policy")

    private static func name(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else { preconditionFailure("\(text) is a token") }
        return name
    }
}
