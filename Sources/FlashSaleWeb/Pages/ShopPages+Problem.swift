extension ShopPages {
    /// What a visitor is told when a request is refused.
    ///
    /// - Parameters:
    ///   - code: The `code` that the API has for it; one that the texts don't know is told by its status.
    ///   - status: The HTTP status.
    ///   - requestID: What the operator finds in the log.
    ///   - again: The address of a page to go on from; nil for none.
    public func problem(
        code: String,
        status: Int,
        requestID: String,
        again: String?,
        language: PageLanguage
    ) -> String {
        let text = PageText.of(language)
        let key = Self.key(code: code, status: status, text)
        var values: [String: Any] = [
            "heading": text["\(key)_title"], "text": text["\(key)_text"],
            "request": text.filled("problem_id", ["id": requestID]),
        ]
        if let again { values["again"] = again }
        return page("problem", text, title: text["\(key)_title"], values)
    }

    private static func key(code: String, status: Int, _ text: PageText) -> String {
        let own = code.hasPrefix("hold_") && status == 409 ? "problem_hold_over" : "problem_\(code)"
        if text.sentences["\(own)_title"] != nil { return own }
        let byStatus = "problem_\(status)"
        if text.sentences["\(byStatus)_title"] != nil { return byStatus }
        return status >= 500 ? "problem_500" : "problem_400"
    }
}
