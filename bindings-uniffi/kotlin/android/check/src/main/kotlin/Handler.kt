package android.os

/** As in the Android SDK. */
abstract class Looper {
    companion object {
        @JvmStatic
        fun getMainLooper(): Looper = throw NotImplementedError()
    }
}

/** As in the Android SDK. */
@Suppress("UNUSED_PARAMETER")
class Handler(looper: Looper) {
    fun post(task: Runnable): Boolean = throw NotImplementedError("$task")
}
