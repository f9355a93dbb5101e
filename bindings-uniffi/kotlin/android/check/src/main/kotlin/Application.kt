package android.app

import android.content.Context

/** As in the Android SDK. */
abstract class Application : Context()
