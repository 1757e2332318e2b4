using Gateway.Host.City;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;
using Gateway.Rules.Suppression;

namespace Gateway.Host.Pipeline;

/// <summary>
/// From alerts to cases: what silences and inhibitions keep back waits here, and what passes gets what stands behind its names, from the snapshot
/// that knows them. Not safe for threads.
/// </summary>
/// <param name="effects">Where the effects go.</param>
/// <param name="observer">Sees each alert transition, with the log offset that caused it, before anything is made of it; may be null.</param>
internal sealed class AlertHandover(FrameEffects effects, Action<AlertTransition, long>? observer)
{
    private readonly AlertGate _gate = new();
    private CitySnapshot? _city;
    private CitySnapshot? _before;

    /// <summary>The alerts that cases are told of; null for all. The others still keep each other back.</summary>
    public Func<AlertTransition, bool>? Only { get; set; }

    /// <summary>When a silence ends that keeps something back; null for never.</summary>
    public EventTime? NextDue => _gate.NextDue;

    /// <summary>What keeps an alert from filing its case; null when nothing does.</summary>
    public string? SuppressorOf(ActiveAlert alert) => _gate.SuppressorOf(alert.RuleName, alert.DeviceId, alert.IsAbsence);

    /// <summary>Another snapshot is at work.</summary>
    /// <param name="city">It.</param>
    /// <param name="before">The one before: an alert whose rule or device is gone is withdrawn, and that one still knows them.</param>
    /// <param name="alerts">Alerts under way.</param>
    /// <param name="at">Log time.</param>
    public void Activate(CitySnapshot city, CitySnapshot? before, IReadOnlyList<ActiveAlert> alerts, EventTime at)
    {
        (_city, _before) = (city, before);
        _gate.Activate(city.Definition.Rules, city.Definition.Silences, city.Definition.Devices, city.AreasAt(at), city.TimeZone, alerts);
    }

    /// <summary>Hands the transitions of one instant to the cases.</summary>
    /// <param name="transitions">In order.</param>
    /// <param name="offset">Log offset of the record that caused them.</param>
    /// <param name="values">The reading as text; empty where none caused them.</param>
    /// <param name="now">Log time.</param>
    /// <param name="book">The cases; null while only the state of rules is rebuilt.</param>
    public void Hand(IReadOnlyList<AlertTransition> transitions, long offset, string values, EventTime now, CaseBook? book)
    {
        if (transitions.Count == 0)
        {
            return;
        }

        effects.Transitions += transitions.Count;
        foreach (AlertTransition transition in transitions)
        {
            observer?.Invoke(transition, offset);
        }

        File(_gate.Pass([.. transitions.Select(t => new AlertNotice(t, offset, values))], now), book);
    }

    /// <summary>Lets through what a silence kept back that is over.</summary>
    public void Advance(EventTime now, CaseBook? book) => Release(_gate.Advance(now), book);

    /// <summary>Lets through what nothing keeps back any more, after <see cref="Activate"/>.</summary>
    public void Renew(EventTime now, CaseBook? book) => Release(_gate.Renew(now), book);

    /// <summary>Writes what is kept back.</summary>
    public void Save(BinaryWriter writer)
    {
        writer.Write(_gate.Held.Count);
        foreach (SuppressedAlert held in _gate.Held)
        {
            AlertTransition alert = held.Notice.Transition;
            writer.Write(alert.RuleName);
            writer.Write(alert.DeviceId);
            writer.Write((byte)alert.Severity);
            writer.Write(alert.At.UnixMilliseconds);
            writer.Write(alert.OccurredAt.UnixMilliseconds);
            writer.Write(alert.ObservedAt.UnixMilliseconds);
            writer.Write(alert.IsAbsence);
            writer.Write(alert.Cause);
            writer.Write(held.Notice.Offset);
            writer.Write(held.Notice.Values);
            writer.Write(held.By);
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote; after <see cref="Activate"/>.</summary>
    public void Load(BinaryReader reader, EventTime now)
    {
        List<SuppressedAlert> held = [];
        for (int count = reader.ReadInt32(); count > 0; count--)
        {
            (string rule, string device) = (reader.ReadString(), reader.ReadString());
            AlertTransition alert = new(
                0, 0, AlertTransitionKind.Firing, (AlertSeverity)reader.ReadByte(), new EventTime(reader.ReadInt64()), new EventTime(reader.ReadInt64()), new EventTime(reader.ReadInt64()), reader.ReadBoolean(), reader.ReadString())
            {
                RuleName = rule,
                DeviceId = device,
            };
            held.Add(new SuppressedAlert(new AlertNotice(alert, reader.ReadInt64(), reader.ReadString()), reader.ReadString()));
        }

        _gate.Restore(held, now);
    }

    private void Release(IReadOnlyList<AlertNotice> notices, CaseBook? book)
    {
        effects.Transitions += notices.Count;
        File(notices, book);
    }

    private void File(IReadOnlyList<AlertNotice> notices, CaseBook? book)
    {
        if (book is null)
        {
            return;
        }

        foreach ((AlertTransition transition, long offset, string values) in notices)
        {
            if (Only?.Invoke(transition) == false)
            {
                continue;
            }

            CitySnapshot ruleOf = transition.Rule >= 0 ? _city! : _before!;
            CitySnapshot deviceOf = transition.DeviceIndex >= 0 ? _city! : _before!;
            RuleDefinition rule = ruleOf.Find(transition.RuleName)!.Rule;
            AlertContext context = new()
            {
                Rule = rule,
                RuleSha256 = ruleOf.HashOf(rule),
                Device = deviceOf.Definition.Devices.Find(transition.DeviceId)!,
                Offset = offset,
                Values = values,
            };
            if (ShadowAlert.Of(transition, context, book.Settings) is { } shadow)
            {
                effects.Shadow.Add(shadow);
            }

            book.Handle(transition, context, effects.Cases);
        }
    }
}
