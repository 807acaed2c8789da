import FlashSale

/// What one run of `flashsale draw verify` has to say.
struct DrawResult {
    let place: DrawPlace
    let verdict: DrawVerdict

    /// The document that `--json` prints.
    var json: JSONOutput {
        [
            "place": .string("\(place)"),
            "right": .bool(verdict.findings.isEmpty),
            "entrants": JSONOutput(verdict.entrants),
            "decisions": JSONOutput(verdict.decisions),
            "signed": .bool(verdict.isSigned),
            "findings": .array(
                verdict.findings.map { finding in
                    [
                        "exit_code": JSONOutput(finding.kind.rawValue),
                        "kind": .string(finding.kind.words),
                        "problem": .string(finding.text),
                    ]
                }
            ),
        ]
    }

    /// What was compared, a line each; what is wrong is told on standard error.
    var text: String {
        Table(facts: [
            "Draw": "\(place)",
            "Entrants": verdict.entrants.map { "\($0) in the roster" } ?? "not fixed yet",
            "Decisions": verdict.decisions.map { "\($0) compared with the drawn order" } ?? "not compared",
            "Signature": verdict.isSigned ? "there, over the whole document" : "none: nobody vouches for the document",
            "Verdict": verdict.findings.isEmpty ? "right" : verdict.findings.count.counting("finding"),
        ]).rendered()
    }

    /// All that is wrong, with the exit code of the weightiest; nil when the draw is right.
    var failure: CommandFailure? {
        guard let first = verdict.findings.first else { return nil }
        return CommandFailure(
            description: verdict.findings.map { "\($0.text)." }.joined(separator: "\n"),
            exitCode: first.kind.rawValue
        )
    }
}

extension DrawFinding.Kind {
    /// The kind in words.
    var words: String {
        switch self {
        case .unreadable: "the document cannot be read"
        case .seed: "the seed is not the one that was committed to"
        case .beacon: "the beacon's value or round is wrong"
        case .roster: "the roster is damaged"
        case .repeated: "an entry is there twice or in another place"
        case .slippedIn: "an entry slipped in after the root was published"
        case .leftOut: "an entrant was left out of the roster"
        case .root: "the published root is not the roster's"
        case .entrants: "the number of entrants is wrong"
        case .order: "a decision is not what was drawn"
        case .swapped: "two decisions have changed places"
        case .passedOver: "an entrant who was drawn was passed over"
        case .signature: "the signature is missing, wrong or another key's"
        case .notDrawn: "the draw was not made yet"
        }
    }
}
