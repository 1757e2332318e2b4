using System.Globalization;
using System.Text;

namespace Gateway.Rules.Functions;

/// <summary>The reference page of the functions, made from the table; a test holds that docs/rules-reference.md is this text.</summary>
public static class ReferencePage
{
    /// <summary>The page, Markdown.</summary>
    public static string Text()
    {
        StringBuilder page = new(
            """
            # Functions in rules

            For operators. What an `expr:` or `clear:` may call beside fields, comparisons and arithmetic ([city-files.md](city-files.md)). The table
            and every example are made from the code, and the tests run the examples.

            本页列出规则表达式可用的函数，表格与示例由代码生成，示例由测试执行。

            - A window is a duration (`30s`, `5m`, `1h30m`; at least the kind's reporting interval, at most 7 days) and ends with the reading that is
              judged, both ends included. It goes by the time of observation: a reading that comes late finds its place, and counts from the next
              reading on. A historical reading is in no window.
            - Functions are judged when a reading comes, not between readings; `for`, `keep_firing_for` and `absent` go on without. Three see more: the end of the
              hours of `during` is judged at once, and while an alert is under way `devices` and `neighbours` are counted again when a reading they counted is too old.
            - `mode == emergency` asks for the city's mode (`mode:` in city.yaml). A change of it is judged at once on the latest readings.
            - `devices` and `neighbours` go by the time of receipt, and count the devices that the rule matches.
            - A value that is not known decides nothing: the condition neither holds nor fails.
            - Of one field the latest 4,096 readings are kept, no longer than the longest window that reads them. They survive a restart, and a reload
              of the rules. All rules of one kind may read 64 fields and different calls together.
            - Durations are numbers of seconds: `time_to(water_level, 0.45) <= 30m`.

            | function | 说明 | meaning | unit | not known when |
            |---|---|---|---|---|

            """);
        foreach (FunctionDefinition function in FunctionTable.All)
        {
            page.Append(CultureInfo.InvariantCulture, $"| `{function.Signature}` | {function.SummaryZh} | {function.Summary} | {function.Unit} | {function.UnknownWhen} |\n");
        }

        page.Append("\n## Examples\n\nEach is a rule of one level of a flood gauge, and the readings of one gauge; where others count too, those that stand beside it.\n\n");
        page.Append("| `expr:` | `start:`, `every:` | `series:` | nothing fires at | fires at |\n|---|---|---|---|---|\n");
        foreach (FunctionExample example in FunctionTable.All.Select(f => f.Example))
        {
            page.Append(CultureInfo.InvariantCulture, $"| `{example.Expression}` | {(example.Start.Length == 0 ? "" : $"{example.Start}, ")}{example.Every} | {string.Join("; beside it ", example.Others.Prepend(example.Series).Select(s => $"`{s}`"))} | {example.Before} | {example.FiresAt} |\n");
        }

        return page.ToString();
    }
}
