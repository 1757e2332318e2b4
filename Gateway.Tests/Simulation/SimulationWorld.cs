using System.Text;
using System.Text.Json;
using Gateway.Host.City;
using Gateway.Host.Ingest.Sessions.Persistence;
using Gateway.Host.IngestLog;
using Gateway.Host.Pipeline;
using Gateway.Rules.Cases;
using Gateway.Tests.Simulation.Disk;
using Gateway.Tests.Simulation.Network;
using Gateway.Tests.Simulation.Stores;

namespace Gateway.Tests.Simulation;

/// <summary>
/// Everything there is in a simulation, and what can happen to it, one step at a time. Steps come from <see cref="SimulationRun"/>, and
/// from the middle of a slow sync or a store that is waited for.
/// </summary>
internal sealed class SimulationWorld
{
    private const int Depth = 2;

    private readonly List<SimulatedLink> _links = [];
    private int _linkCount;
    private int _depth;
    private bool _starting;

    public SimulationWorld(int seed, SimulatedCity city)
    {
        Random = new SimulationRandom((ulong)seed);
        Shadow = new LogShadow(Trace);
        City = city;
        Folder = city.Variants[0];
        Settings = new SimulationSettings(Random);
        Faults = new SimulationFaults(Random, Meanwhile);
        Steps = new SimulationSteps(Random);
        Disk = new SimulatedDisk(Random);
        (Cases.Faults, Series.Faults) = (Faults, Faults);
        string[] kinds = ["smoke", "flood", "access"];
        Devices = [.. Enumerable.Range(0, Random.Between(2, 6)).Select(i => kinds[i % 3]).Select((kind, i) => new SimulatedDevice($"{Prefix(kind)}-{i:D6}", kind, Random, Trace))];
    }

    public SimulationRandom Random { get; }

    public SimulationSettings Settings { get; }

    public SimulationTrace Trace { get; } = new();

    public SimulationSteps Steps { get; }

    public SimulationFaults Faults { get; }

    public SimulatedTime Time { get; } = new();

    public SimulatedDisk Disk { get; }

    public SimulatedCaseStore Cases { get; } = new();

    public SimulatedSeriesStore Series { get; } = new();

    public SimulatedCity City { get; }

    /// <summary>What the operator has in the city folder.</summary>
    public CitySnapshot Folder { get; private set; }

    /// <summary>The file of kept sessions: replaced whole or not at all.</summary>
    public byte[]? SessionFile { get; set; }

    public LogShadow Shadow { get; }

    public IReadOnlyList<SimulatedDevice> Devices { get; }

    /// <summary>Cases people have seen.</summary>
    public SortedSet<string> CaseNumbers { get; } = new(StringComparer.Ordinal);

    /// <summary>The process; null while there is none.</summary>
    public SimulatedGateway? Gateway { get; private set; }

    /// <summary>What the rest of the world does while one part waits.</summary>
    public void Meanwhile()
    {
        if (_depth >= Depth)
        {
            return;
        }

        _depth++;
        for (int i = Random.Below(6); i > 0; i--)
        {
            Steps.Take(this, nested: true);
        }

        _depth--;
    }

    /// <summary>Starts a process; it may fail, as one does whose disk refuses.</summary>
    public void Start()
    {
        SimulatedGateway? starting = null;
        try
        {
            _starting = true;
            starting = new SimulatedGateway(this);
            Trace.Add($"gateway: recovers {string.Join(' ', starting.Log.Segments.Select(g => $"{g.FirstOffset}..{g.EndOffset}"))} torn {starting.Log.Recovered.TornBytes > 0}");
            Look(() => Shadow.Recovered(starting.Log));
            CheckTailIsCut(starting.Log);
            CheckAcknowledged("after a start");
            if (!starting.Begin())
            {
                throw new IOException("the log does not take the first records");
            }

            Look(() => Shadow.Follow(starting.Log));
            Gateway = starting;
            Trace.Add($"gateway: started at offset {starting.Log.Recovered.NextOffset}");
        }
        catch (IOException e)
        {
            Trace.Add($"gateway: does not start: {e.Message}");
            starting?.Mount.IsDead = true;
            Series.Crash();
        }
        finally
        {
            _starting = false;
        }
    }

    /// <summary>Nothing of the process is left, and of the machine only what is durable when the power went too.</summary>
    public void Die(bool power)
    {
        Trace.Add(power ? "gateway: power lost" : "gateway: killed");
        Gateway?.Mount.IsDead = true;
        Gateway = null;
        _depth = 0;
        _starting = false;
        Series.Crash();
        if (power)
        {
            Disk.LosePower();
        }

        foreach (SimulatedLink link in _links)
        {
            link.ServerDies();
        }
    }

    /// <summary>An orderly end.</summary>
    public void Stop()
    {
        SimulatedGateway stopping = Gateway!;
        stopping.Stop();
        Settle();
        stopping.Finish();
        Trace.Add($"gateway: stopped at {stopping.Pipeline.ProcessedOffset}");
        Gateway = null;
        Series.Crash();
        foreach (SimulatedLink link in _links)
        {
            link.ServerDies();
        }
    }

    public void Commit()
    {
        long before = Gateway!.Log.CommittedEndOffset;
        Gateway.Commit();
        Links.ToList().ForEach(l => l.Committed());
        Trace.Add($"log: {before} to {Gateway.Log.CommittedEndOffset} healthy {Gateway.Log.IsHealthy}");
        Look(() => Shadow.Follow(Gateway.Log));
    }

    public void Turn()
    {
        PipelineTurn turn = Gateway!.Turn();
        Trace.Add($"pipeline: {turn} {Gateway.Pipeline.ProcessedOffset} checkpoint {Gateway.Pipeline.CheckpointOffset} alerts {string.Join(' ', Gateway.Pipeline.Alerts.Select(a => $"{a.RuleName}/{a.DeviceId}/{a.State}/{a.Severity}/{a.OccurredAt}"))}");
        CheckLedger();
    }

    public void Connect(SimulatedDevice device)
    {
        SimulatedLink link = new(++_linkCount, device);
        Trace.Add($"{device.Id}: connects, link {link.Number}");
        _links.Add(link);
        link.Serve(Gateway!);
        device.Connect(link);
    }

    public void DeliverUp(SimulatedLink link, int count)
    {
        Trace.Add($"link {link.Number}: {Math.Min(count, link.ToGateway.Count)} of {link.ToGateway.Count} bytes to the gateway");
        link.DeliverToGateway(count);
    }

    public void DeliverDown(SimulatedLink link, int count)
    {
        byte[] bytes = link.ToClient.Take(count);
        Trace.Add($"link {link.Number}: {bytes.Length} bytes to {link.Client.Id}");
        if (!link.IsClientGone && link.Client.Link == link)
        {
            link.Client.Take(bytes);
            CheckHeld(link.Client);
        }
    }

    /// <summary>The client has lost its connection, or thinks so.</summary>
    public void Leave(SimulatedDevice device, bool reset)
    {
        Trace.Add($"{device.Id}: leaves link {device.Link!.Number} reset {reset}");
        device.Link.ClientLeaves(reset);
        device.Lost();
    }

    public void Pass(TimeSpan time)
    {
        Trace.Add($"time: {time.TotalMilliseconds}");
        Time.Pass(time);
    }

    public void Edit()
    {
        Folder = City.Variants[Random.Below(City.Variants.Count)];
        Trace.Add($"city: variant {City.Variants.ToList().IndexOf(Folder)}");
        Gateway!.Reload(Folder);
    }

    /// <summary>A duty officer does something to a case.</summary>
    public void Command()
    {
        string caseNo = CaseNumbers.ElementAt(Random.Below(CaseNumbers.Count));
        CaseCommandKind kind = (CaseCommandKind)Random.Below(7);
        CaseCommand command = new() { CaseNo = caseNo, Command = kind, Actor = kind == CaseCommandKind.Verify ? "supervisor" : "officer", Reason = "seen", FieldCheck = Random.PerMille(500) };
        Span<byte> id = stackalloc byte[16];
        BitConverter.TryWriteBytes(id, Random.Next());
        BitConverter.TryWriteBytes(id[8..], Random.Next());
        Trace.Add($"officer: {kind} {caseNo}");
        byte[] payload = JsonSerializer.SerializeToUtf8Bytes(new CommandPayload(new Guid(id), command), PipelineJson.Default.CommandPayload);
        Gateway!.Log.Append(LogRecordKind.CaseCommand, LogRecordFlags.None, default, default, default, payload, Gateway.Clock.Now, listener: null);
    }

    /// <summary>Connections that something can still happen on.</summary>
    public IReadOnlyList<SimulatedLink> Links => _links;

    /// <summary>Readers of connections that the gateway has closed are woken; connections that are over are forgotten.</summary>
    public void Settle()
    {
        if (Gateway is not null)
        {
            foreach (SimulatedLink link in _links.ToArray())
            {
                link.Settle();
            }
        }

        _links.RemoveAll(l => l.IsOver);
    }

    /// <summary>Whether a step may be taken that the gateway's own code must not be in the middle of.</summary>
    public bool IsStarting => _starting;

    /// <summary>The log did not take these: of a session whose opening or end is among them the next start knows otherwise.</summary>
    public void NoteRefused(ReadOnlySpan<byte> records)
    {
        while (LogRecord.TryRead(records, out LogRecord record, out int length))
        {
            if (record.Kind == LogRecordKind.Session && SessionChange.Read(record.Payload) is { Kind: SessionChangeKind.Opened or SessionChangeKind.Ended })
            {
                string client = Encoding.UTF8.GetString(record.ClientId);
                Devices.First(d => d.Id == client).MayLoseSession = true;
            }

            records = records[length..];
        }
    }

    /// <summary>Everything a device was told is in the log.</summary>
    public void CheckAcknowledged(string when)
    {
        foreach (SimulatedDevice device in Devices)
        {
            CheckHeld(device, when);
        }
    }

    private void CheckHeld(SimulatedDevice device, string when = "when it was acknowledged")
    {
        foreach (SentMessage message in device.Messages.Where(m => m.IsAcknowledged))
        {
            SimulationFailure.Unless(Shadow.CountOf(device.Id, message.Payload) > 0, $"{device.Id}: message {message.Number} was acknowledged and is not in the log {when}");
        }
    }

    private void CheckLedger()
    {
        SimulatedGateway gateway = Gateway!;
        SimulationFailure.Unless(gateway.Pipeline.DamagedRegions == 0, $"the pipeline found {gateway.Pipeline.DamagedRegions} damaged or missing regions of the log");
        SimulationFailure.Unless(gateway.InFlight >= 0, $"the ledger has {gateway.InFlight} messages in flight");
        long devices = gateway.Ledger.Devices.Sum(d => d.Value.Accepted - d.Value.RefusedByLog - d.Value.Processed);
        SimulationFailure.Unless(devices == gateway.InFlight, $"the ledger has {gateway.InFlight} messages in flight, its devices {devices}");
    }

    /// <summary>What a commit left behind that was not whole is gone from the newest segment.</summary>
    private void CheckTailIsCut(SegmentLog log)
    {
        if (log.Segments is [.., { } last])
        {
            int length = Disk.Find(last.Path)!.Length;
            SimulationFailure.Unless(length == last.CommittedLengthBytes, $"{last.Path} has {length} bytes after a start, and {last.CommittedLengthBytes} of them are whole");
        }
    }

    /// <summary>Looks without being hurt by what may fail.</summary>
    private void Look(Action look)
    {
        bool wereOff = Faults.AreOff;
        Faults.AreOff = true;
        look();
        Faults.AreOff = wereOff;
    }

    private static string Prefix(string kind) => kind switch { "smoke" => "SMK", "flood" => "FLD", _ => "ACC" };
}
