import FlashSale
import Foundation
import Glibc

extension OperatorActor {
    /// Who runs this command: `cli:USER@HOST`, the user by the system's own account.
    static var commandLine: OperatorActor {
        let user = getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? "\(geteuid())"
        return OperatorActor("cli:\(user)@\(ProcessInfo.processInfo.hostName)")
    }
}
