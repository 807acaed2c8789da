import FlashSale
import LocalServers

/// What `flashsale dev` prints when everything runs: what to try, in lines that can be copied as they are.
struct Greeting {
    let options: DevOptions
    let state: DataFolderState
    let apiURL: String
    var command = CommandName.flashsale

    var text: String {
        let api = APIExamples(baseURL: apiURL)
        let examples = SampleProduct.id.map { [api.show($0), api.join($0), api.status($0)] } ?? []
        let folder = ShellWord(options.dataFolder)
        let workers = options.workers == 1 ? "1 worker" : "\(options.workers) workers"
        return """

            FlashSale runs at \(api.baseURL) with \(workers). Ctrl-C stops it; the data stays in \(options.dataFolder).

            Buy:
            \(examples.map { "  \($0)" }.joined(separator: "\n"))

            Look:
              \(command) queue status 1 --data \(folder)
              redis-cli -s \(ShellWord(state.redisSocket))
              mariadb --socket=\(ShellWord(state.mariadbSocket)) --user=root \(state.database)

            """
    }
}
