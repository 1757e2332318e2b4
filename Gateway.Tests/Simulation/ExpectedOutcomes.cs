using System.Text;
using Gateway.Host.IngestLog;
using Gateway.Host.Pipeline;

namespace Gateway.Tests.Simulation;

/// <summary>What the ledger must say of each record, told from the records before it and without the gateway's help.</summary>
/// <param name="ledger">What it does say.</param>
internal sealed class ExpectedOutcomes(Ledger ledger)
{
    private readonly Dictionary<(string Device, string Payload), long> _storedAs = [];
    private readonly Dictionary<(string Device, Outcome Outcome), long> _counts = [];

    /// <summary>Looks at the ledger when a record has been processed.</summary>
    public void Check(in LogRecord record, long offset)
    {
        if (record.Kind != LogRecordKind.Message || !record.Flags.HasFlag(LogRecordFlags.Ingested))
        {
            return;
        }

        string device = Encoding.UTF8.GetString(record.ClientId);
        string payload = Encoding.UTF8.GetString(record.Payload);
        Outcome expected = Expected(device, payload);
        long count = _counts[(device, expected)] = _counts.GetValueOrDefault((device, expected)) + 1;
        SimulationFailure.Unless(ledger.Device(device)[expected] == count, $"record {offset} of {device} should be {expected}: {payload}");
    }

    private Outcome Expected(string device, string payload)
    {
        if (payload[0] != '{')
        {
            return Outcome.NotJson;
        }

        long stored = _counts.GetValueOrDefault((device, Outcome.Stored));
        if (_storedAs.TryGetValue((device, payload), out long number))
        {
            // So many of a slow stream are remembered; whether an older one is, is not promised.
            bool isForgotten = stored - number >= DuplicateFilter.SmallestWindow && ledger.Device(device)[Outcome.Stored] > stored;
            if (!isForgotten)
            {
                return Outcome.Duplicate;
            }
        }

        _storedAs[(device, payload)] = stored;
        return Outcome.Stored;
    }
}
