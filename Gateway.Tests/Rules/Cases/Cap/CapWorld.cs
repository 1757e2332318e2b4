using System.Xml.Linq;
using Gateway.Rules.Areas;
using Gateway.Rules.Cases;
using Gateway.Rules.Cases.Cap;

namespace Gateway.Tests.Rules.Cases.Cap;

/// <summary>Settings to make messages with, and messages of a history, each of them checked.</summary>
internal static class CapWorld
{
    public static CapSettings Settings { get; } = new()
    {
        TimeZone = CaseWorld.Settings.TimeZone,
        Areas = new AreaTree(CaseWorld.Areas.Version, CaseWorld.Areas.ValidFrom,
        [
            .. CaseWorld.Areas.Areas.Select(a => a.Code.EndsWith("G01", StringComparison.Ordinal)
                ? a with { Polygon = [(120.1, 30.2), (120.2, 30.2), (120.2, 30.3), (120.1, 30.2)] }
                : a),
        ]),
        Units = CaseWorld.Duty.Units,
        Sender = "gateway@linjiang.example",
    };

    public static XElement[] Of(IEnumerable<CaseEvent> history, CapSettings? settings = null) =>
        [.. CapMessages.Of([.. history], settings ?? Settings).Select(m => CapValidator.Check(CapXml.Write(m.Alert)))];

    public static string[] Types(this IEnumerable<XElement> messages) => [.. messages.Select(m => m.Text("msgType"))];

    public static XElement Info(this XElement message, int index = 1) => message.Elements(CapValidator.Ns + "info").ElementAt(index);
}
