import Assembly
import Foundation

exit(await WorkerProgram.main())
