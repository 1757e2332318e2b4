using Gateway.Host.City;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;

namespace Gateway.Benchmarks.Cases;

/// <summary>
/// A year of a city's cases, decided by the real case book: alerts of real rules on real devices, reports of people, and what duty officers do
/// with them, each at its time. The same seed gives the same year. Not safe for threads.
/// </summary>
internal sealed class CaseLives
{
    private static readonly string[] People = ["hotline", "patrol", "citizen"];

    private readonly Random _random;
    private readonly CaseBook _book;
    private readonly Device[] _devices;
    private readonly IReadOnlyDictionary<string, RuleDefinition[]> _rulesByKind;
    private readonly CitySnapshot _city;
    private readonly PriorityQueue<Action, (long At, long Order)> _later = new();
    private readonly EventTime _end;
    private readonly long _cases;
    private readonly long _lastBefore;
    private EventTime _now;
    private long _offset;
    private long _order;

    /// <summary>Begins a year.</summary>
    /// <param name="city">Its devices, rules, areas and duty list.</param>
    /// <param name="from">When the first case is filed.</param>
    /// <param name="to">When the last one is, about.</param>
    /// <param name="cases">How many.</param>
    /// <param name="seed">Any number.</param>
    /// <param name="lastNumber">The last case number of the store they go on in; 0 for none.</param>
    /// <param name="open">The cases that are open there.</param>
    public CaseLives(CitySnapshot city, EventTime from, EventTime to, long cases, int seed, long lastNumber = 0, IReadOnlyList<Case>? open = null)
    {
        _city = city;
        _random = new Random(seed);
        (_now, _end, _cases) = (from, to, cases);
        _lastBefore = lastNumber;
        _book = new CaseBook(city.CaseSettingsAt(from, exercise: false), lastNumber, open);
        _rulesByKind = city.Definition.Rules.Where(r => r.Mode == RuleMode.Active && r.Case is not null)
            .GroupBy(r => r.Match.Kind.Text, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
        _devices = [.. city.Definition.Devices.Devices.Where(d => _rulesByKind.ContainsKey(d.Profile.Kind))];
        In(TimeSpan.Zero, Breach);
    }

    /// <summary>Cases filed so far.</summary>
    public long Filed => _book.LastNumber - _lastBefore;

    /// <summary>Log time reached.</summary>
    public EventTime Now => _now;

    /// <summary>Records of the log so far.</summary>
    public long Offset => _offset;

    /// <summary>Lets the next thing happen; what it changes is added to <paramref name="into"/>.</summary>
    public void Step(CaseChanges into)
    {
        _later.TryDequeue(out Action? next, out (long At, long Order) when);
        _now = new EventTime(when.At);
        _offset++;
        Changes = into;
        next!();
    }

    private CaseChanges Changes { get; set; } = new();

    private void Breach()
    {
        // Many breaches join a case that is there, so the pace follows from what is left to file.
        TimeSpan pace = (_end - _now) / Math.Max(1, _cases - Filed);
        In(pace * -Math.Log(1 - _random.NextDouble()), Breach);
        Device device = _devices[_random.Next(_devices.Length)];
        RuleDefinition[] rules = _rulesByKind[device.Profile.Kind];
        RuleDefinition rule = rules[_random.Next(rules.Length)];
        if (_random.Next(100) < 8)
        {
            Report(device, rule);
            return;
        }

        long before = _book.LastNumber;
        AlertSeverity severity = (AlertSeverity)_random.Next(1, 4);
        _book.Handle(Alert(AlertTransitionKind.Firing, rule, device, severity), Context(rule, device), Changes);
        In(Minutes(5, 90), () => _book.Handle(Alert(AlertTransitionKind.Resolved, rule, device, severity), Context(rule, device), Changes));
        if (_book.LastNumber > before)
        {
            Live(Latest(), device);
        }
    }

    private void Report(Device device, RuleDefinition rule)
    {
        CaseIntakeResult result = _book.Handle(
            new CaseIntake { Source = People[_random.Next(People.Length)], Event = rule.Case!.Event.Text, Area = device.Area, Description = "路面积水,行人绕行", Address = device.Address },
            _now,
            _offset,
            Changes);
        if (!result.Joined)
        {
            Live(result.CaseNo, null);
        }
    }

    private void Live(string caseNo, Device? device)
    {
        int fate = _random.Next(1000);
        if (fate < 3)
        {
            return; // nobody ever takes care of it
        }

        if (fate < 43)
        {
            In(Minutes(3, 60), () => Do(caseNo, CaseCommandKind.Void, "desk"));
            return;
        }

        if (fate < 73)
        {
            In(Minutes(2, 8), () => Do(caseNo, CaseCommandKind.Return, "desk"));
        }

        if (fate % 10 == 0)
        {
            In(Minutes(10, 200), () => Do(caseNo, CaseCommandKind.Comment, "crew-7"));
        }

        In(Minutes(10, 40), () => Do(caseNo, CaseCommandKind.Accept, "crew-7"));
        Finish(caseNo, device, fails: fate is >= 100 and < 150);
    }

    private void Finish(string caseNo, Device? device, bool fails)
    {
        In(Minutes(100, 260), () => Do(caseNo, CaseCommandKind.Report, "crew-7"));
        In(Minutes(290, 300), () =>
        {
            if (fails)
            {
                Do(caseNo, CaseCommandKind.Reject, "inspector");
                In(Minutes(5, 10), () => Do(caseNo, CaseCommandKind.Accept, "crew-7"));
                Finish(caseNo, device, fails: false);
                return;
            }

            if (device is not null)
            {
                _book.Observe(device.Id, _now, _now, _offset, Changes);
            }

            Do(caseNo, CaseCommandKind.Verify, "inspector");
            if (_random.Next(10) < 7)
            {
                In(TimeSpan.FromDays(1) + Minutes(0, 600), () => Do(caseNo, CaseCommandKind.Evaluate, "bureau"));
            }
        });
    }

    // A command that is no longer possible is refused, as it would be on a duty officer's desk.
    private void Do(string caseNo, CaseCommandKind command, string actor) => _book.Handle(
        new CaseCommand
        {
            CaseNo = caseNo,
            Command = command,
            Actor = actor,
            Reason = "现场已处置,读数恢复正常",
            FieldCheck = true,
            Score = command == CaseCommandKind.Evaluate ? _random.Next(1, 6) : null,
        },
        _now,
        _offset,
        Changes);

    private string Latest() => Changes.Cases.First(c => c.Number == _book.LastNumber).CaseNo;

    private AlertTransition Alert(AlertTransitionKind kind, RuleDefinition rule, Device device, AlertSeverity severity)
    {
        EventTime occurred = _now - TimeSpan.FromSeconds(_random.Next(1, 90));
        return new AlertTransition(0, device.Index, kind, severity, _now, occurred, _now, false, $"{rule.Alert.Text}: measured {_random.Next(30, 90) / 100d} >= 0.30")
        {
            RuleName = rule.Alert.Text,
            DeviceId = device.Id,
        };
    }

    private AlertContext Context(RuleDefinition rule, Device device) => new()
    {
        Rule = rule,
        RuleSha256 = _city.HashOf(rule),
        Device = device,
        Offset = _offset,
        Values = "water_level=0.42 m rainfall=1.5 mm battery=88 %",
    };

    private TimeSpan Minutes(int least, int most) => TimeSpan.FromMinutes(least + (_random.NextDouble() * (most - least)));

    private void In(TimeSpan wait, Action what) => _later.Enqueue(what, ((_now + wait).UnixMilliseconds, _order++));
}
