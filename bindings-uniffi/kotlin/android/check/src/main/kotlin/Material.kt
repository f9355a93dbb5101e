package androidx.compose.material3

import androidx.compose.runtime.Composable

/** As in Jetpack Compose. */
@Composable
fun Text(text: String): Unit = throw NotImplementedError(text)

/** As in Jetpack Compose. */
@Composable
fun TextField(value: String, onValueChange: (String) -> Unit): Unit = onValueChange(value)

/** As in Jetpack Compose. */
@Composable
fun Button(onClick: () -> Unit, content: @Composable () -> Unit) {
    onClick()
    content()
}
