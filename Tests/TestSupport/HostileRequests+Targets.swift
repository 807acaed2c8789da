extension HostileRequest {
    /// Paths that name nothing.
    static func paths(product: Int64) -> [HostileRequest] {
        let products = [
            "0", "-1", "+1", "01", "1.0", "1e0", "0x1", "abc", "%31", "1%00", "1%20", "%C0%AF", "1%2Fqueue", "..",
            "%2e%2e", "9007199254740992", "9223372036854775808", "1;drop", "1'", "*",
            String(repeating: "9", count: 2_000),
        ]
        let nowhere = [
            "/", "/api", "/api/", "/api/products/", "//api/products", "/api//products", "/api/products//\(product)",
            "/api/products/\(product)/", "/api/products/\(product)/queue/", "/api/products/\(product)/queue//a",
            "/api/products/\(product)/queue/a/", "/api/products/\(product)/queue/a/b", "/API/products", "/api/Products",
            "/api/%70roducts", "/api/products/\(product)/orders", "/admin", "/.env", "/index.html", "/health/",
            "/metrics/..", "/../../etc/passwd", "/api/products/..%2f..%2fetc/passwd/x", "/api/products#top",
            "http://other/nowhere", "*",
        ]
        return products.map { id in
            HostileRequest(
                "product \(id.prefix(24))",
                "GET",
                "/api/products/\(id)",
                expecting: 404,
                "product_not_found"
            )
        }
            + products.prefix(8).map { id in
                HostileRequest(
                    "join of product \(id)",
                    "POST",
                    "/api/products/\(id)/queue",
                    body: Array(#"{"user_id":"a"}"#.utf8),
                    expecting: 404,
                    "product_not_found"
                )
            }
            + nowhere.map { HostileRequest("path \($0)", "GET", $0, expecting: 404, "not_found") }
    }

    /// Paths whose user is none.
    static func users(product: Int64) -> [HostileRequest] {
        let users = [
            "%", "%4", "%zz", "a%", "%ff", "%C0%AF", "%ED%A0%80", "%00", "a%00b", "a%20", "a%0d%0aX", "%2e%2e%2f",
            "a%2Fb", "a:b", "a,b", "%2561", "'", "a;b", "%F0%9F%98%80", "{user_id}", String(repeating: "a", count: 65),
        ]
        return users.flatMap { user in
            ["GET", "DELETE"].map { method in
                HostileRequest(
                    "\(method) of user \(user.prefix(24))",
                    method,
                    "/api/products/\(product)/queue/\(user)",
                    expecting: 422,
                    "invalid_field"
                )
            }
        }
    }

    /// Methods that a path does not have.
    static func methods(product: Int64) -> [HostileRequest] {
        let pairs = [
            ("POST", "/api/products"), ("PUT", "/api/products/\(product)"), ("DELETE", "/api/products/\(product)"),
            ("PATCH", "/api/products/\(product)"), ("GET", "/api/products/\(product)/queue"),
            ("DELETE", "/api/products/\(product)/queue"), ("POST", "/api/products/\(product)/queue/a"),
            ("PUT", "/api/products/\(product)/queue/a"), ("OPTIONS", "/api/products"), ("TRACE", "/health"),
            ("POST", "/health"), ("DELETE", "/metrics"), ("PROPFIND", "/ready"), ("POST", "/openapi.json"),
        ]
        return pairs.map { method, path in
            HostileRequest("\(method) \(path)", method, path, expecting: 405, "method_not_allowed")
        }
    }

    /// Query parameters of paths that have none.
    static func queries(product: Int64) -> [HostileRequest] {
        let body = Array(#"{"user_id":"a"}"#.utf8)
        let targets = [
            "/api/products?limit=1", "/api/products/\(product)?id=2", "/health?x", "/metrics?&", "/ready?%00=1",
        ]
        return targets.map { HostileRequest("query \($0)", "GET", $0, expecting: 400, "unknown_parameter") } + [
            HostileRequest(
                "join with a query",
                "POST",
                "/api/products/\(product)/queue?user_id=b",
                body: body,
                expecting: 400,
                "unknown_parameter"
            )
        ]
    }
}
