namespace Gateway.Rules.Files.Schema;

/// <summary>What editors show of each key of a rule file, in English and Chinese. Only words: which keys there are is for the reader to say.</summary>
internal static class RuleKeyDescriptions
{
    private static readonly Dictionary<string, string> Texts = new(StringComparer.Ordinal)
    {
        ["rules"] = "The rules of this file. 本文件的规则。",
        ["tests"] = "Tests of the rules of this file; check runs them and refuses a city whose tests fail. 本文件规则的测试，check 会执行，不通过则拒绝。",
        ["alert"] = "Name of the rule, once in the city. 规则名，全市唯一。",
        ["match"] = "The devices that the rule watches. 规则所监测的设备。",
        ["kind"] = "Device kind: a profile of profiles/. 设备类型，见 profiles/。",
        ["tags"] = "Tags that a device must carry, all of them. 设备须具备的全部标签。",
        ["devices"] = "Device ids; all of the kind when left out. 设备编号；省略则为该类型全部设备。",
        ["areas"] = "Area codes, at any level; the whole city when left out. 区划代码，任一层级；省略则为全市。",
        ["levels"] = "A ladder of severities, lowest first; instead of expr. 严重程度阶梯，由低到高；与 expr 二选一。",
        ["severity"] = "How bad it is. 严重程度。",
        ["expr"] = "Condition over fields that raises the alert; functions are in docs/rules-reference.md. 触发告警的条件。",
        ["clear"] = "Condition that ends the alert; not expr when left out. 解除告警的条件；省略则为 expr 不成立。",
        ["for"] = "How long the condition holds before the alert fires. 条件持续多久后触发。",
        ["keep_firing_for"] = "How long the alert goes on after it has cleared. 解除条件满足后继续保持多久。",
        ["absent"] = "Fires when a device that has reported falls silent. 曾上报的设备失联时触发。",
        ["absent.after"] = "Silence after which it fires; at least two reporting intervals. 失联多久后触发，至少两个上报周期。",
        ["case"] = "The case that the alert files. 告警生成的案件。",
        ["case.event"] = "Kind of event, dotted, general to special: flood.underpass. The duty list says who leads it. 事件类型，由大类到小类；主办单位见责任清单。",
        ["scope"] = "Alerts of one device, building or grid are one case. 同一设备、楼栋或网格的告警并为一案。",
        ["reopen_within"] = "A closed case is opened again when the alert comes back within this time. 结案后此时间内再次告警则重开原案。",
        ["latched"] = "Whether the case stays open until a person closes it. 是否须人工结案。",
        ["verify_hold"] = "How long readings must stay good before a case counts as verified. 读数恢复正常并保持多久才算核实。",
        ["inhibits"] = "Rules whose alerts file no case in the same area while this one fires. 本规则告警期间，同一区域内这些规则的告警不立案。",
        ["inhibits.rules"] = "Names of other rules. 其他规则名。",
        ["inhibits.area"] = "What is the same area. 何为同一区域。",
        ["max_age"] = "Readings older than this raise nothing. 早于此时间的读数不触发告警。",
        ["lateness"] = "How long evaluation waits for late readings, so that their order of arrival does not matter. 为迟到读数等待多久，使结果与到达顺序无关。",
        ["mode"] = "shadow: evaluated and shown, files nothing. shadow 只评估展示，不立案。",
        ["labels"] = "Words to sort alerts by. 告警分类标签。",
        ["annotations"] = "Texts that the alert shows. 告警附带的说明文字。",
        ["name"] = "What is tested, one sentence, once in the file. 测试内容，一句话，文件内唯一。",
        ["start"] = "When the first step is, in the city's time: 2026-03-02 08:00. For rules with during(...). 第一步的时刻（城市时间），用于含 during 的规则。",
        ["test.mode"] = "The mode the city is in; the first of its modes when left out. 测试所处的城市模式；省略则为平时。",
        ["every"] = "Time between two steps of a series. 读数序列的步长。",
        ["series"] = "Readings by device id: \"field: v v v; field: v v\", 0.05x10 ten times, _ no message. 按设备编号列出的读数序列。",
        ["expect"] = "The alerts that fire at given times. 各时刻应触发的告警。",
        ["at"] = "Time since the first step. 距第一步的时间。",
        ["alerts"] = "All alerts that fire then; [] for none. 此时全部触发中的告警；没有则写 []。",
        ["cases"] = "All cases open then; [] for none. 此时全部未结的案件；没有则写 []。",
        ["expected case.event"] = "Its event. 事件类型。",
        ["expected case.device"] = "The device that was first; any when left out. 首个设备；省略则不限。",
        ["expected case.severity"] = "Its severity; any when left out. 严重程度；省略则不限。",
        ["occurrences"] = "How many alerts have fired or recurred in it. 案件中告警发生的次数。",
        ["expected alert.alert"] = "Name of a rule of this file. 本文件中的规则名。",
        ["device"] = "Device id of the series; any one when left out. 序列中的设备编号；省略则不限。",
        ["expected alert.severity"] = "Its severity; any when left out. 严重程度；省略则不限。",
    };

    /// <summary>What a key of a map means; null when nobody has written it down.</summary>
    public static string? Find(string map, string key) => Texts.GetValueOrDefault($"{map}.{key}") ?? Texts.GetValueOrDefault(key);
}
