#if canImport(Network)
    import Foundation
    import Network

    #if canImport(UIKit)
        import UIKit
    #endif

    /// Tells a client what the device knows: the network's path, and the application's life cycle.
    ///
    /// Keep it as long as the client. It holds the client weakly.
    public final class DeviceHints: @unchecked Sendable {
        private let monitor = NWPathMonitor()
        private var observers: [any NSObjectProtocol] = []

        public init(for connection: Connection) {
            monitor.pathUpdateHandler = { [weak connection] path in
                connection?.network(path.status == .satisfied ? .online : .offline)
            }
            monitor.start(queue: DispatchQueue(label: "dev.rejoin.path"))
            #if canImport(UIKit)
                observe(UIApplication.willEnterForegroundNotification, .foreground, connection)
                observe(UIApplication.didEnterBackgroundNotification, .background, connection)
            #endif
        }

        deinit {
            monitor.cancel()
            observers.forEach(NotificationCenter.default.removeObserver)
        }

        private func observe(_ name: Notification.Name, _ hint: NetworkHint, _ connection: Connection) {
            let told = { @Sendable [weak connection] (_: Notification) -> Void in
                connection?.network(hint)
            }
            observers.append(NotificationCenter.default.addObserver(forName: name, object: nil, queue: nil, using: told))
        }
    }
#endif
