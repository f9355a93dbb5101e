package dev.rejoin.android

import android.content.Context
import androidx.startup.Initializer

/** Shows the native library the application: it asks Android whether to trust a server's certificate. */
internal object CertificateVerifier {
    init {
        System.loadLibrary("rejoin_ffi")
    }

    @JvmStatic
    external fun initialize(context: Context)
}

/**
 * Prepares TLS as the application starts; the manifest of this library names it, so nothing has to be called.
 *
 * Android runs it in the application's main process. In another process, run it before the first client:
 * `AppInitializer.getInstance(context).initializeComponent(CertificateVerifierInitializer::class.java)`.
 */
public class CertificateVerifierInitializer : Initializer<Unit> {
    override fun create(context: Context): Unit = CertificateVerifier.initialize(context.applicationContext)

    override fun dependencies(): List<Class<out Initializer<*>>> = emptyList()
}
