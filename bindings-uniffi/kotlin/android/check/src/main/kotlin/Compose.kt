package androidx.compose.runtime

import kotlin.reflect.KProperty
import kotlinx.coroutines.flow.StateFlow

/** As in Jetpack Compose. */
@Target(AnnotationTarget.FUNCTION, AnnotationTarget.TYPE)
annotation class Composable

/** As in Jetpack Compose. */
interface State<out T> {
    val value: T
}

/** As in Jetpack Compose. */
interface MutableState<T> : State<T> {
    override var value: T
}

/** As in Jetpack Compose. */
operator fun <T> State<T>.getValue(owner: Any?, property: KProperty<*>): T = value

/** As in Jetpack Compose. */
operator fun <T> MutableState<T>.setValue(owner: Any?, property: KProperty<*>, value: T) {
    this.value = value
}

/** As in Jetpack Compose. */
fun <T> mutableStateOf(value: T): MutableState<T> = throw NotImplementedError("$value")

/** As in Jetpack Compose. */
@Composable
fun <T> remember(calculation: () -> T): T = calculation()

/** As in Jetpack Compose. */
@Composable
fun <T> StateFlow<T>.collectAsState(): State<T> = throw NotImplementedError()
