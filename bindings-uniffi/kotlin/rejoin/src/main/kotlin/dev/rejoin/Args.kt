package dev.rejoin

import dev.rejoin.ffi.Payload as NativePayload
import kotlinx.serialization.DeserializationStrategy
import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.KSerializer
import kotlinx.serialization.Serializable
import kotlinx.serialization.SerializationException
import kotlinx.serialization.descriptors.SerialDescriptor
import kotlinx.serialization.encoding.Decoder
import kotlinx.serialization.encoding.Encoder
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonDecoder
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonEncoder
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.booleanOrNull
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.intOrNull
import kotlinx.serialization.json.put
import kotlinx.serialization.serializer

/**
 * The arguments of an event or acknowledgement, as they arrived.
 *
 * ```
 * val name: String = args[0]
 * val position: Position = args[1]   // @Serializable
 * ```
 */
public class Args internal constructor(private val payload: NativePayload) {
    /** They as JSON. Where bytes stand, [bytes] knows them. */
    public val elements: JsonArray by lazy { Json.parseToJsonElement(payload.json) as JsonArray }

    /** How many there are. */
    public val size: Int get() = elements.size

    /**
     * One of them, as a type that kotlinx.serialization knows, with [Binary] at any depth.
     *
     * @throws SerializationException there is none of that type at that place.
     */
    public inline operator fun <reified T> get(index: Int): T = get(index, serializer<T>())

    /** One of them, through a serializer. */
    public fun <T> get(index: Int, deserializer: DeserializationStrategy<T>): T {
        val element = elements.getOrNull(index) ?: throw SerializationException("there is no argument $index")
        return Attachments.reading(payload.attachments) { Lenient.decodeFromJsonElement(deserializer, element) }
    }

    /** The bytes that an element stands for; null if it is an ordinary value. */
    public fun bytes(element: JsonElement): ByteArray? = attachment(element, payload.attachments)

    override fun toString(): String = "Args($elements)"
}

/** Bytes in the arguments of an event, at any depth, also as a property of a serializable class. */
@Serializable(with = BinarySerializer::class)
public class Binary(public val bytes: ByteArray) {
    override fun equals(other: Any?): Boolean = other is Binary && bytes.contentEquals(other.bytes)

    override fun hashCode(): Int = bytes.contentHashCode()

    override fun toString(): String = "Binary(${bytes.size} bytes)"
}

/** Fields that a newer server adds are ignored. */
private val Lenient = Json { ignoreUnknownKeys = true }

/** Writes [Binary] as an attachment of the event. */
@OptIn(ExperimentalSerializationApi::class)
internal object BinarySerializer : KSerializer<Binary> {
    override val descriptor: SerialDescriptor =
        SerialDescriptor("dev.rejoin.Binary", JsonElement.serializer().descriptor)

    override fun serialize(encoder: Encoder, value: Binary) {
        val attachments = Attachments.current.get() ?: throw SerializationException("Binary is for arguments of events")
        (encoder as JsonEncoder).encodeJsonElement(placeholder(value.bytes, attachments))
    }

    override fun deserialize(decoder: Decoder): Binary {
        val attachments = Attachments.current.get().orEmpty()
        val element = (decoder as JsonDecoder).decodeJsonElement()
        return Binary(attachment(element, attachments) ?: throw SerializationException("there are no bytes"))
    }
}

/** The attachments of the arguments that this thread encodes or decodes: a serializer is given none. */
private object Attachments {
    val current = ThreadLocal<MutableList<ByteArray>?>()

    fun <T> reading(attachments: List<ByteArray>, work: () -> T): T = with(attachments.toMutableList(), work)

    fun <T> with(attachments: MutableList<ByteArray>, work: () -> T): T {
        val before = current.get()
        current.set(attachments)
        try {
            return work()
        } finally {
            current.set(before)
        }
    }
}

/** JSON with attachments, from Kotlin's values. */
internal fun encode(args: Array<out Any?>): NativePayload {
    val attachments = mutableListOf<ByteArray>()
    val json = Attachments.with(attachments) {
        try {
            JsonArray(args.map { element(it, attachments) }).toString()
        } catch (_: StackOverflowError) {
            throw invalid("args", "are nested too deep")
        }
    }
    return NativePayload(json, attachments)
}

private fun element(value: Any?, attachments: MutableList<ByteArray>): JsonElement =
    when (value) {
        null -> JsonNull
        is JsonElement -> value
        is String -> JsonPrimitive(value)
        is Boolean -> JsonPrimitive(value)
        is Number -> number(value)
        is ByteArray -> placeholder(value, attachments)
        is Iterable<*> -> JsonArray(value.map { element(it, attachments) })
        is Array<*> -> JsonArray(value.map { element(it, attachments) })
        is Map<*, *> -> JsonObject(
            value.entries.associate { (key, item) ->
                (key as? String ?: throw invalid("args", "the keys of a map must be texts")) to element(item, attachments)
            },
        )
        else -> serializable(value)
    }

private fun number(value: Number): JsonElement {
    if (!value.toDouble().isFinite()) throw invalid("args", "$value is no JSON")
    return JsonPrimitive(value)
}

private fun serializable(value: Any): JsonElement =
    try {
        Json.encodeToJsonElement(serializer(value.javaClass), value)
    } catch (error: SerializationException) {
        throw invalid("args", error.message ?: "a ${value.javaClass.name} cannot be serialized")
    }

private fun placeholder(bytes: ByteArray, attachments: MutableList<ByteArray>): JsonObject {
    attachments += bytes
    return buildJsonObject {
        put("_placeholder", true)
        put("num", attachments.size - 1)
    }
}

private fun attachment(element: JsonElement, attachments: List<ByteArray>): ByteArray? {
    val fields = element as? JsonObject ?: return null
    if ((fields["_placeholder"] as? JsonPrimitive)?.booleanOrNull != true) return null
    return (fields["num"] as? JsonPrimitive)?.intOrNull?.let(attachments::getOrNull)
}
