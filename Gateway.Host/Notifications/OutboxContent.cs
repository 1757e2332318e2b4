using System.Text.Json.Serialization;

namespace Gateway.Host.Notifications;

/// <summary>All that an <see cref="OutboxStore"/> holds; times are Unix milliseconds of the system's clock. Immutable.</summary>
/// <param name="LastLetter">The highest number that a dead letter ever had.</param>
/// <param name="Receivers">Where each receiver stands, see <see cref="OutboxPlace"/>.</param>
/// <param name="Letters">The dead letters, see <see cref="DeadLetter"/>.</param>
internal sealed record OutboxContent(long LastLetter, IReadOnlyList<OutboxReceiver> Receivers, IReadOnlyList<OutboxLetter> Letters);

/// <summary>Where a receiver stands.</summary>
internal sealed record OutboxReceiver(string Name, long Cursor, long? PendingThrough, long PendingSince, long DeadLetters);

/// <summary>A request that was given up.</summary>
internal sealed record OutboxLetter(long Id, string Receiver, long After, long Through, int Alerts, long At, int Attempts, string Error);

/// <summary>The form it is exported in.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n", RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(OutboxContent))]
internal sealed partial class OutboxContentJson : JsonSerializerContext;
