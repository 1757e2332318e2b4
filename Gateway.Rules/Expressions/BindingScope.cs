using Gateway.Protocols.Devices;
using Gateway.Rules.Compilation;
using Gateway.Rules.Files;

namespace Gateway.Rules.Expressions;

/// <summary>What the names in an expression are looked up in.</summary>
/// <param name="Source">The expression and where it stands.</param>
/// <param name="Profile">The kind whose fields it reads.</param>
/// <param name="City">The city's modes and calendars.</param>
/// <param name="Match">Which devices the rule watches, equal for equal matches: functions over an area count those.</param>
internal sealed record BindingScope(SourceText Source, DeviceProfile Profile, CityContext City, string Match);
