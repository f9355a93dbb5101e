package androidx.lifecycle

import android.app.Application

/** As in androidx.lifecycle:lifecycle-process. */
object ProcessLifecycleOwner {
    @JvmStatic
    fun get(): LifecycleOwner = throw NotImplementedError()
}

/** As in androidx.lifecycle:lifecycle-viewmodel for Android. */
abstract class AndroidViewModel(val application: Application) : ViewModel()
