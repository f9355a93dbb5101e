package dev.rejoin.android

import android.content.Context
import android.net.ConnectivityManager
import android.net.Network
import android.os.Handler
import android.os.Looper
import androidx.lifecycle.DefaultLifecycleObserver
import androidx.lifecycle.LifecycleOwner
import androidx.lifecycle.ProcessLifecycleOwner
import dev.rejoin.Connection
import dev.rejoin.NetworkHint

/**
 * Tells a client what the device knows: whether there is a network, and whether the application is seen. Close it before or
 * after the client.
 *
 * ```
 * val client = Client("wss://example.com/live")
 * val hints = DeviceHints(context, client)
 * ```
 *
 * It needs the permission `ACCESS_NETWORK_STATE`, which this library's manifest asks for.
 */
public class DeviceHints(context: Context, private val connection: Connection) : AutoCloseable {
    private val connectivity = context.applicationContext.getSystemService(ConnectivityManager::class.java)
    private val main = Handler(Looper.getMainLooper())

    private val network = object : ConnectivityManager.NetworkCallback() {
        override fun onAvailable(network: Network) = connection.network(NetworkHint.ONLINE)

        override fun onLost(network: Network) = connection.network(NetworkHint.OFFLINE)
    }

    private val visibility = object : DefaultLifecycleObserver {
        override fun onStart(owner: LifecycleOwner) = connection.network(NetworkHint.FOREGROUND)

        override fun onStop(owner: LifecycleOwner) = connection.network(NetworkHint.BACKGROUND)
    }

    init {
        // The callback says nothing as long as there is no network.
        if (connectivity.activeNetwork == null) connection.network(NetworkHint.OFFLINE)
        connectivity.registerDefaultNetworkCallback(network)
        // A life cycle belongs to the main thread.
        main.post { ProcessLifecycleOwner.get().lifecycle.addObserver(visibility) }
    }

    private var closed = false

    /** Ends the telling. */
    @Synchronized
    override fun close() {
        if (closed) return
        closed = true
        connectivity.unregisterNetworkCallback(network)
        main.post { ProcessLifecycleOwner.get().lifecycle.removeObserver(visibility) }
    }
}
