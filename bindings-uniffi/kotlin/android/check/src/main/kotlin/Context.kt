package android.content

/** As in the Android SDK. */
abstract class Context {
    abstract val applicationContext: Context

    abstract fun <T> getSystemService(service: Class<T>): T
}
