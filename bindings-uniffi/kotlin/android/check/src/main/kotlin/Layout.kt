package androidx.compose.foundation.layout

import androidx.compose.runtime.Composable

/** As in Jetpack Compose. */
@Composable
fun Column(content: @Composable () -> Unit): Unit = content()
