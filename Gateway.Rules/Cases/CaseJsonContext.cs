using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;

namespace Gateway.Rules.Cases;

/// <summary>
/// The stored form of cases, events and commands: camel-case names, instants as RFC 3339, statuses and certainties as they are named
/// (<c>InProgress</c>, <c>Likely</c>), all other words as in the city files (<c>critical</c>, <c>grid</c>, <c>accept</c>). It is stored for
/// ever: members may be added with a default, never renamed. A member that is missing is set to null, whatever its initialiser says: what was added
/// later turns null into its default itself.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    Converters =
    [
        typeof(EventTimeJsonConverter),
        typeof(LowerCaseWordConverter<AlertSeverity>),
        typeof(LowerCaseWordConverter<CaseScope>),
        typeof(LowerCaseWordConverter<ClockKind>),
        typeof(LowerCaseWordConverter<ClockUnit>),
        typeof(LowerCaseWordConverter<CaseRequestKind>),
        typeof(LowerCaseWordConverter<EscalationLevel>),
        typeof(LowerCaseWordConverter<CaseAlertState>),
        typeof(LowerCaseWordConverter<CaseCommandKind>),
    ])]
[JsonSerializable(typeof(Case))]
[JsonSerializable(typeof(ShadowAlert))]
[JsonSerializable(typeof(CaseEvent))]
[JsonSerializable(typeof(CaseCommand))]
public sealed partial class CaseJsonContext : JsonSerializerContext
{
    // Made on first use: it copies the generated default, which must have been made before.
    private static readonly Lazy<CaseJsonContext> ReadableContext = new(CreateReadable);

    /// <summary>The context to use: Chinese text stays readable, what HTML could take for markup is escaped.</summary>
    public static CaseJsonContext Readable => ReadableContext.Value;

    private static CaseJsonContext CreateReadable() =>
        new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) });
}

/// <summary>Writes members of an enumeration in camel case.</summary>
internal sealed class LowerCaseWordConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;
