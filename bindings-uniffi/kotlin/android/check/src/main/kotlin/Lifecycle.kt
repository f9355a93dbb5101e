package androidx.lifecycle

import android.app.Application
import kotlinx.coroutines.CoroutineScope

/** As in androidx.lifecycle. */
interface LifecycleOwner {
    val lifecycle: Lifecycle
}

/** As in androidx.lifecycle. */
abstract class Lifecycle {
    abstract fun addObserver(observer: LifecycleObserver)

    abstract fun removeObserver(observer: LifecycleObserver)
}

/** As in androidx.lifecycle. */
interface LifecycleObserver

/** As in androidx.lifecycle. */
interface DefaultLifecycleObserver : LifecycleObserver {
    fun onStart(owner: LifecycleOwner) = Unit

    fun onStop(owner: LifecycleOwner) = Unit
}

/** As in androidx.lifecycle. */
object ProcessLifecycleOwner {
    @JvmStatic
    fun get(): LifecycleOwner = throw NotImplementedError()
}

/** As in androidx.lifecycle. */
abstract class ViewModel {
    protected open fun onCleared() = Unit
}

/** As in androidx.lifecycle. */
abstract class AndroidViewModel(val application: Application) : ViewModel()

/** As in androidx.lifecycle. */
val ViewModel.viewModelScope: CoroutineScope get() = throw NotImplementedError()
