using Gateway.Protocols.Readings;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Expressions;
using Gateway.Tests.Rules.Support;

namespace Gateway.Tests.Rules.Compilation;

/// <summary>The machine code of conditions against Kleene's tables and against the walked tree, both seen from outside.</summary>
public sealed class KernelTests
{
    private const string T = "water_level > 1";
    private const string F = "water_level < 1";
    private const string U = "rainfall > 1"; // never reported
    private const int Devices = 80;
    private static readonly double[] Row = [2, double.NaN, 50, 1, double.NaN, double.NaN];

    public static TheoryData<string, Truth> Kleene => new()
    {
        { $"{T} and {T}", Truth.True }, { $"{T} and {F}", Truth.False }, { $"{T} and {U}", Truth.Unknown },
        { $"{F} and {T}", Truth.False }, { $"{F} and {F}", Truth.False }, { $"{F} and {U}", Truth.False },
        { $"{U} and {T}", Truth.Unknown }, { $"{U} and {F}", Truth.False }, { $"{U} and {U} and {T}", Truth.Unknown },
        { $"{T} or {T}", Truth.True }, { $"{T} or {F}", Truth.True }, { $"{T} or {U}", Truth.True },
        { $"{F} or {T}", Truth.True }, { $"{F} or {F}", Truth.False }, { $"{F} or {U}", Truth.Unknown },
        { $"{U} or {T}", Truth.True }, { $"{U} or {F}", Truth.Unknown }, { $"{U} or {U} or {F}", Truth.Unknown },
        { $"not ({T}) or {F}", Truth.False }, { $"not ({F}) and {T}", Truth.True }, { $"not ({U}) and {T}", Truth.Unknown },
        { $"rainfall == rainfall and {T}", Truth.Unknown }, { $"rainfall != 1 and {T}", Truth.Unknown },
        { $"rainfall in (1, 2) and {T}", Truth.Unknown }, { $"rainfall not in (1, 2) and {T}", Truth.Unknown },
        { $"battery in (1, 50) and {T}", Truth.True }, { $"battery not in (1, 50) and {T}", Truth.False },
        { $"water_level / (battery - 50) > 1 and {T}", Truth.Unknown }, { $"water_level * 3 - 1 == 5 and {T}", Truth.True },
        { $"-water_level <= -2 and {T}", Truth.True }, { $"submerged and {T}", Truth.True }, { $"not submerged and {T}", Truth.False },
        { $"water_level <= 2 and {T}", Truth.True }, { $"water_level != 2 and {T}", Truth.False }, { $"water_level == 2 and {T}", Truth.True },
    };

    [Theory]
    [MemberData(nameof(Kleene))]
    public void Truth_of_an_expression_is_Kleenes_walked_and_compiled(string text, Truth expected)
    {
        Condition condition = ConditionBinder.Bind(SmallCity.Text(text), SmallCity.Flood, [])!;
        Assert.Equal(expected, condition.Evaluate(column => Row[column]));
        Assert.Equal(2 - (int)expected, (int)condition.Negated().Evaluate(column => Row[column]));
        Assert.Equal(expected, Compiled(text, Row));
    }

    [Fact]
    public void Compiled_truth_equals_walked_truth_for_random_expressions_and_rows()
    {
        var random = new Random(42);
        for (int i = 0; i < 150; i++)
        {
            string text = $"water_level >= 0 and {RandomCondition(random, 4)}";
            double[] row = Enumerable.Range(0, 6).Select(c => c == 0 || random.Next(4) > 0 ? random.Next(4) : double.NaN).ToArray();
            row[3] = double.IsNaN(row[3]) ? row[3] : row[3] % 2;
            Condition condition = ConditionBinder.Bind(SmallCity.Text(text), SmallCity.Flood, [])!;
            Assert.True(condition.Evaluate(column => row[column]) == Compiled(text, row), text);
        }
    }

    // Three rules tell the three truths apart from outside: the condition raises, its negation raises, or neither does.
    private static Truth Compiled(string text, double[] row)
    {
        // Many devices, for the engine judges rules that have met some readings by other machine code than at first.
        var rules = SmallCity.Compile(SmallCity.Register([.. Enumerable.Range(0, Devices).Select(i => $"FLD-{i}")]), SmallCity.Rule("yes", text), SmallCity.Rule("no", $"not ({text})"));
        var engine = new RuleEngine(rules, rules.Devices);
        var batch = new ReadingBatch(SmallCity.Flood);
        List<Truth> truths = [];
        for (int device = 0; device < Devices; device++)
        {
            row.CopyTo(batch.Add(new ReadingBatch.Row(device, EngineDriver.Start, EngineDriver.Start, TimeQuality.Ok, -1)));
            List<AlertTransition> transitions = [];
            engine.Evaluate(batch, device, transitions);
            truths.Add(transitions.Select(t => t.RuleName).SingleOrDefault() switch { "yes" => Truth.True, "no" => Truth.False, _ => Truth.Unknown });
        }

        return Assert.Single(truths.Distinct());
    }

    private static string RandomCondition(Random random, int depth) => (depth == 0 ? 9 : random.Next(10)) switch
    {
        < 3 => $"({RandomCondition(random, depth - 1)} and {RandomCondition(random, depth - 1)})",
        < 6 => $"({RandomCondition(random, depth - 1)} or {RandomCondition(random, depth - 1)})",
        6 => $"not ({RandomCondition(random, depth - 1)})",
        7 => random.Next(2) == 0 ? "submerged" : "not submerged",
        8 => $"battery {(random.Next(2) == 0 ? "in" : "not in")} (1, {random.Next(4)})",
        _ => $"{RandomTerm(random, 2)} {new[] { "<", "<=", ">", ">=", "==", "!=" }[random.Next(6)]} {RandomTerm(random, 0)} * 1",
    };

    // Products have no unit, so any terms may meet.
    private static string RandomTerm(Random random, int depth) => (depth == 0 ? random.Next(2) : random.Next(5)) switch
    {
        0 => $"(1 * {random.Next(4)})",
        1 => $"{new[] { "rainfall", "battery", "ground" }[random.Next(3)]} / rainfall",
        2 => $"({RandomTerm(random, depth - 1)} + {RandomTerm(random, depth - 1)})",
        3 => $"({RandomTerm(random, depth - 1)} / (battery / ground))",
        _ => $"-({RandomTerm(random, depth - 1)})",
    };
}
