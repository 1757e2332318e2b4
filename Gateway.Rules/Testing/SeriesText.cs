using System.Globalization;
using Gateway.Protocols.Devices;

namespace Gateway.Rules.Testing;

/// <summary>One field of a test series: its column and one value a step, NaN where the step has none.</summary>
/// <param name="Column">Column of the profile.</param>
/// <param name="Values">One value a step.</param>
internal sealed record SeriesColumn(int Column, IReadOnlyList<double> Values);

/// <summary>
/// Reads the shorthand of test series: <c>field: v v v; field: v v v</c>, where <c>v</c> is a number, <c>true</c>, <c>false</c>, a text of the
/// enumeration or <c>_</c> for no value, and <c>vxN</c> stands for N times <c>v</c>.
/// </summary>
internal static class SeriesText
{
    /// <summary>Most steps of one series: more than a year of minutes is no test.</summary>
    public const int StepLimit = 100_000;

    /// <summary>Names of the fields in a series, read without knowing the kind.</summary>
    public static IReadOnlyList<string> FieldNames(string text) => text.Split(';')
        .Where(part => !string.IsNullOrWhiteSpace(part))
        .Select(part => part.Split(':')[0].Trim())
        .ToArray();

    /// <summary>Reads a series.</summary>
    /// <param name="text">The shorthand.</param>
    /// <param name="profile">The device's kind.</param>
    /// <param name="columns">The fields.</param>
    /// <param name="errorOffset">Where the error is, in characters from 0.</param>
    /// <returns>What is wrong, or null.</returns>
    public static string? Read(string text, DeviceProfile profile, out IReadOnlyList<SeriesColumn> columns, out int errorOffset)
    {
        List<SeriesColumn> read = [];
        columns = read;
        errorOffset = 0;
        int start = 0;
        foreach (string part in text.Split(';'))
        {
            if (!string.IsNullOrWhiteSpace(part))
            {
                errorOffset = start + (part.Length - part.TrimStart().Length);
                if (ReadField(part, start, profile, read, ref errorOffset) is { } error)
                {
                    return error;
                }
            }

            start += part.Length + 1;
        }

        return read.Count > 0 ? null : "the series is empty";
    }

    private static string? ReadField(string part, int start, DeviceProfile profile, List<SeriesColumn> read, ref int errorOffset)
    {
        int colon = part.IndexOf(':');
        string name = colon < 0 ? "" : part[..colon].Trim();
        if (name.Length == 0)
        {
            return "a field's name and ':' are expected";
        }

        if (!profile.ColumnByName.TryGetValue(name, out int column) || !profile.Fields[column].IsNumeric)
        {
            return $"kind {profile.Kind} has no field '{name}' that rules can read";
        }

        if (read.Any(c => c.Column == column))
        {
            return $"the field '{name}' stands twice";
        }

        List<double> values = [];
        for (int at = colon + 1; at < part.Length;)
        {
            if (char.IsWhiteSpace(part[at]))
            {
                at++;
                continue;
            }

            int end = at;
            while (end < part.Length && !char.IsWhiteSpace(part[end]))
            {
                end++;
            }

            errorOffset = start + at;
            if (ReadValue(part[at..end], profile.Fields[column], values) is { } error)
            {
                return error;
            }

            at = end;
        }

        read.Add(new SeriesColumn(column, values));
        return null;
    }

    private static string? ReadValue(string word, FieldDefinition field, List<double> values)
    {
        // The whole word first: a text of an enumeration may end like a count.
        int times = 1;
        if (!TryValue(word, field, out double value))
        {
            int cross = word.LastIndexOf('x');
            bool counted = cross > 0 && int.TryParse(word.AsSpan(cross + 1), NumberStyles.None, CultureInfo.InvariantCulture, out times);
            if (!counted || !TryValue(word[..cross], field, out value))
            {
                return $"'{word}' is no value of {field.Name}";
            }
        }

        if (times < 1 || times > StepLimit - values.Count)
        {
            return $"a series has 1 to {StepLimit} steps";
        }

        values.AddRange(Enumerable.Repeat(value, times));
        return null;
    }

    private static bool TryValue(string word, FieldDefinition field, out double value)
    {
        value = double.NaN;
        if (word == "_")
        {
            return true;
        }

        switch (field.Type)
        {
            case FieldType.Boolean:
                value = word == "true" ? 1 : 0;
                return word is "true" or "false";
            case FieldType.Enumeration:
                value = field.Values.ToList().IndexOf(word);
                return value >= 0;
            default:
                return double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
        }
    }
}
