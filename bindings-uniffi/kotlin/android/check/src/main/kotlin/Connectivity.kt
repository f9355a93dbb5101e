package android.net

/** As in the Android SDK. */
class Network

/** As in the Android SDK. */
abstract class ConnectivityManager {
    abstract val activeNetwork: Network?

    abstract fun registerDefaultNetworkCallback(callback: NetworkCallback)

    abstract fun unregisterNetworkCallback(callback: NetworkCallback)

    /** As in the Android SDK. */
    abstract class NetworkCallback {
        open fun onAvailable(network: Network) = Unit

        open fun onLost(network: Network) = Unit
    }
}
