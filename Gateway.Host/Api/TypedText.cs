using System.Text;
using Gateway.Host.Pipeline;
using Gateway.Protocols.Payloads.Pseudonyms;
using Gateway.Rules.Cases;
using Gateway.Rules.Files;

namespace Gateway.Host.Api;

/// <summary>
/// The one place where what people and other systems write loses the numbers that point at a person, before the log has it: every text of a
/// report, a CAP message, a command and a switch of the mode. Texts lose the number alone. A report's own number becomes its keyed hash as a whole:
/// were it struck out, two reports would be one, and were the report refused, it would be lost. Immutable, safe for threads.
/// </summary>
internal sealed class TypedText(Pseudonymizer pseudonyms)
{
    /// <summary>What is asked of the cases, as it may be stored.</summary>
    public CommandPayload Strike(CommandPayload request) => request with
    {
        Command = request.Command is { } command ? command with { Reason = PersonNumbers.Strike(command.Reason), To = PersonNumbers.Strike(command.To) } : null,
        Intake = request.Intake is { } report
            ? report with { Address = PersonNumbers.Strike(report.Address), Description = PersonNumbers.Strike(report.Description), ExternalId = NumberOf(report.ExternalId) }
            : null,
    };

    /// <summary>A switch of the mode, as it may be stored.</summary>
    public ModeSwitch Strike(ModeSwitch one) => one with { Reason = PersonNumbers.Strike(one.Reason) };

    private string NumberOf(string externalId) => PersonNumbers.IsIn(externalId) ? pseudonyms.PseudonymOf(Encoding.UTF8.GetBytes(externalId)) : externalId;
}
