import FlashSale

extension MemoryBooks {
    func renewLeases(worker: String, milliseconds: Int64) -> [Lease] {
        let end = now + milliseconds
        workers.removeAll { $0.name == worker }
        workers.append((worker, end))
        for index in shelves.indices where shelves[index].lease.holder == worker { shelves[index].lease.until = end }
        let living = workers.count { $0.until > now }
        let share = (shelves.count + living - 1) / max(1, living)
        var held = shelves.indices.filter { shelves[$0].lease.holder == worker }
        while held.count > share {
            let last = held.removeLast()
            shelves[last].lease.holder = nil
            shelves[last].lease.until = now
        }
        for index in shelves.indices where held.count < share {
            guard shelves[index].lease.until < now, shelves[index].lease.holder != worker else { continue }
            if shelves[index].lease.fence > 0 { paths.count(.leaseTakenOver) }
            shelves[index].lease = Shelf.LeaseRow(fence: shelves[index].lease.fence + 1, holder: worker, until: end)
            held.append(index)
        }
        return shelves.filter { $0.lease.holder == worker }.map {
            Lease(product: $0.product.id, fence: Fence($0.lease.fence), productVersion: $0.product.version)
        }
    }

    func releaseLeases(worker: String) {
        for index in shelves.indices where shelves[index].lease.holder == worker {
            shelves[index].lease.holder = nil
            shelves[index].lease.until = now
        }
        workers.removeAll { $0.name == worker }
    }
}
