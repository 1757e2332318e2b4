using System.Reflection;
using System.Text.Json.Serialization;
using Gateway.Rules.Cases;

namespace Gateway.Tests.Rules.Cases;

/// <summary>
/// From which status to which each event leads, written down by hand from the stages of a case: what the fold makes of a history is held against
/// this, not against itself.
/// </summary>
internal static class CaseStepTable
{
    // "=" is every status in which a case rests and somebody still has to do something, unchanged; "~" every status there is, unchanged; "-" nothing before.
    private static readonly Dictionary<string, string> Steps = new()
    {
        ["collected"] = "->Collected",
        ["filed"] = "Collected>Filed",
        ["unowned"] = "Filed>Unowned",
        ["dispatched"] = "Filed>Dispatched",
        ["accepted"] = "Unowned>InProgress Dispatched>InProgress",
        ["returned"] = "Unowned>Filed Dispatched>Filed",
        ["reported"] = "InProgress>Reported",
        ["verificationStarted"] = "Reported>Verifying",
        ["verificationFailed"] = "Verifying>Dispatched",
        ["closed"] = "Verifying>Closed",
        ["evaluated"] = "Closed>Evaluated",
        ["rated"] = "Closed>Closed Evaluated>Evaluated",
        ["reopened"] = "Closed>Dispatched Evaluated>Dispatched",
        ["voided"] = "Unowned>Voided Dispatched>Voided InProgress>Voided Verifying>Voided",
        ["merged"] = "Unowned>Merged Dispatched>Merged InProgress>Merged Verifying>Merged",
        ["requested"] = "InProgress>InProgress",
        ["requestDenied"] = "InProgress>InProgress",
        ["deferred"] = "InProgress>InProgress",
        ["extended"] = "InProgress>InProgress",
        ["deferralEnded"] = "InProgress>InProgress",
        ["whistled"] = "Unowned>Unowned Dispatched>Dispatched InProgress>InProgress",
        ["conditionHeld"] = "Verifying>Verifying",
        ["arrived"] = "=",
        ["commented"] = "=",
        ["supervised"] = "=",
        ["clockReminded"] = "=",
        ["clockOverdue"] = "=",
        ["occurrence"] = "=",
        ["alertPending"] = "=",
        ["alertCleared"] = "=",
        ["severityRaised"] = "=",
        ["conditionCleared"] = "=",
        ["conditionBreached"] = "=",
        ["memberJoined"] = "=",
        ["reportJoined"] = "=",
        ["stormJoined"] = "=",
        ["childJoined"] = "=",
        ["evidenceSealed"] = "~",
    };

    private static readonly Dictionary<Type, string> Words =
        typeof(CaseEvent).GetCustomAttributes<JsonDerivedTypeAttribute>().ToDictionary(a => a.DerivedType, a => (string)a.TypeDiscriminator!);

    /// <summary>Every kind of event, as it is stored, that has no row or whose row is of nothing.</summary>
    public static IEnumerable<string> WithoutRow => Words.Values.Except(Steps.Keys).Concat(Steps.Keys.Except(Words.Values));

    /// <summary>Asserts that every event of a history leads from where it may to where it must.</summary>
    public static void Check(IEnumerable<CaseEvent> history)
    {
        Case? state = null;
        foreach (CaseEvent next in history)
        {
            string before = state?.Status.ToString() ?? "-";
            state = Case.Apply(state, next);
            Assert.True(Allows(Steps[Words[next.GetType()]], before, state.Status.ToString()), $"{next.CaseNo} event {next.Sequence}, {next.GetType().Name}: from {before} to {state.Status}");
        }
    }

    private static bool Allows(string row, string before, string after) => row switch
    {
        "~" => before == after,
        "=" => before == after && before is "Unowned" or "Dispatched" or "InProgress" or "Verifying",
        _ => row.Split(' ').Contains($"{before}>{after}"),
    };
}
