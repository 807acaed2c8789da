import Foundation

/// The folder that a report is written to.
struct ReportFolder {
    private let url: URL

    /// Makes the folder, before anything is rehearsed that could not be written down.
    ///
    /// - Throws: ``CommandFailure`` when it cannot be made or written to.
    init(made path: String) throws {
        url = URL(fileURLWithPath: path, isDirectory: true)
        do {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        } catch {
            throw CommandFailure.usage(
                "The folder \(path) for the report cannot be made: \(error.localizedDescription)"
            )
        }
        guard access(path, W_OK) == 0 else {
            throw CommandFailure.usage(
                "The folder \(path) for the report cannot be written to. Name another one with --report."
            )
        }
    }

    /// Writes the three files.
    func write(_ report: RehearsalReport) throws {
        for (name, text) in [
            ("report.txt", report.text(inColor: false) + "\n"), ("report.json", report.json.rendered + "\n"),
            ("report.html", RehearsalPage(report: report).html),
        ] {
            do {
                try Data(text.utf8).write(to: url.appendingPathComponent(name), options: .atomic)
            } catch {
                throw CommandFailure.usage("\(name) cannot be written to \(url.path): \(error.localizedDescription)")
            }
        }
    }
}
