using System.Reflection;

namespace Gateway.Rules.Files;

/// <summary>
/// Every code the readers of the city folder can report. Y yaml and common shapes, C city, A areas, P profiles, D devices,
/// R rules (R001 to R099; the rule compiler's own begin at R100), O overlays, S silences, U duty lists, K calendars. Documented in docs/city-files.md.
/// </summary>
public static class FindingCodes
{
    internal static readonly FindingCode YamlSyntax = Error("Y001", "not valid YAML", "mend the syntax here or just above");
    /// <summary>A file of the city folder is larger than its limit.</summary>
    public static readonly FindingCode FileTooLarge = Error("Y002", "file larger than its limit", "split the file into several of the same folder");
    internal static readonly FindingCode TooDeep = Error("Y003", "nested deeper than 16 levels", "city files need four or five levels; remove the nesting");
    internal static readonly FindingCode TooManyNodes = Error("Y004", "more than 500 000 keys and values in one file", "split the file into several of the same folder");
    internal static readonly FindingCode Alias = Error("Y005", "anchor or alias", "write the text out; anchors (&) and aliases (*) are refused, quote a text that begins so");
    internal static readonly FindingCode Tag = Error("Y006", "YAML tag", "remove the tag; the reader knows the type, quote a text that begins with !");
    internal static readonly FindingCode DuplicateKey = Error("Y007", "key written twice in one map", "keep one of the two");
    internal static readonly FindingCode SeveralDocuments = Error("Y008", "more than one YAML document in a file", "put each document into a file of its own");
    internal static readonly FindingCode WrongShape = Error("Y009", "a map, list or text where another is expected", "compare with the example in docs/city-files.md");
    internal static readonly FindingCode UnknownKey = Error("Y010", "unknown key", "remove it or correct its spelling");
    internal static readonly FindingCode MissingKey = Error("Y011", "required key or value missing", "add it");
    internal static readonly FindingCode NotANumber = Error("Y012", "not a number", "write digits with a decimal point, without unit");
    internal static readonly FindingCode NotABoolean = Error("Y013", "neither true nor false", "write true or false");
    internal static readonly FindingCode NotADuration = Error("Y014", "not a duration", "write whole numbers with units, largest first: 30s, 5m, 2h, 1h30m, 1d");
    internal static readonly FindingCode TextTooLong = Error("Y015", "text longer than its limit", "shorten it");
    internal static readonly FindingCode UnknownWord = Error("Y016", "not one of the allowed words", "use one of the words listed");
    internal static readonly FindingCode NotADate = Error("Y017", "not a date or time", "write 2026-01-31, or 2026-01-31T00:00:00+08:00 where a time is asked for");
    internal static readonly FindingCode TooManyItems = Error("Y018", "more items than the limit", "split or shorten the list");
    internal static readonly FindingCode ControlCharacter = Error("Y019", "control character in a text", "remove the invisible character");
    internal static readonly FindingCode DurationOutOfRange = Error("Y020", "duration outside its limits", "use a duration within the limits");

    internal static readonly FindingCode UnknownFile = Warning("C001", "file of no known kind", "use city.yaml, areas/*.yaml, profiles/*.yaml, devices/*.csv, rules/*.yaml, overlays/*.yaml, silences/*.yaml, duty/*.yaml or calendars/*.yaml");
    internal static readonly FindingCode MissingFile = Error("C002", "a file the city needs is missing", "add the file; city generate writes a whole example");
    internal static readonly FindingCode UnknownTimeZone = Warning("C003", "time zone this system does not know", "use an IANA name such as Asia/Shanghai, or install tzdata");
    internal static readonly FindingCode DuplicateFile = Error("C004", "a path given twice", "keep one file");
    internal static readonly FindingCode MoreFindings = Error("C005", "more findings in this file than are shown", "mend those above and check again");
    /// <summary>The city folder itself cannot be read.</summary>
    public static readonly FindingCode UnreadableFolder = Error("C006", "the city folder cannot be read", "give the path of a folder with a city.yaml in it");
    /// <summary>A file of the city folder cannot be read, or is not UTF-8.</summary>
    public static readonly FindingCode UnreadableFile = Error("C007", "a file of the city folder cannot be read", "check its permissions, and save it as UTF-8");
    internal static readonly FindingCode BadCodePattern = Error("C008", "area code pattern not understood", "# is a digit, @ a capital letter, every other character itself: \"######\"");

    internal static readonly FindingCode BadMode = Error("C009", "mode not well formed or written twice", "lower-case letters, digits and underscores, a letter first; normal days first");

    internal static readonly FindingCode BadStormFamily = Error("C010", "storm family not well formed", "write the first part of an event kind: fire for fire.smoke, fire.heat and the like");

    internal static readonly FindingCode UnknownMode = Error("C011", "the city is switched to a mode it does not have", "keep the mode in modes: of city.yaml until the city is switched back (POST /api/v1/mode)");

    internal static readonly FindingCode DuplicateArea = Error("A001", "area code written twice in one tree", "give every unit its own code");
    internal static readonly FindingCode UnknownParent = Error("A002", "parent is no unit of this tree", "write the code of the unit above");
    internal static readonly FindingCode AreaCodeShape = Error("A003", "code does not have the shape of its level", "a unit is one level below its parent: city, district (6 digits), street (9), community (12), grid (12, G, 2)");
    internal static readonly FindingCode AreaTooDeep = Error("A004", "unit below a grid, or in a circle of parents", "a grid is the lowest unit");
    internal static readonly FindingCode CityRoot = Error("A005", "not exactly one unit without a parent", "one unit, the city, has no parent");
    internal static readonly FindingCode PolygonOpen = Error("A006", "polygon not closed", "repeat the first point as the last");
    internal static readonly FindingCode PolygonTooShort = Error("A007", "polygon of fewer than four points", "a closed outline has three corners and the first one again");
    internal static readonly FindingCode PositionOutOfRange = Error("A008", "longitude or latitude out of range", "write [longitude, latitude] in degrees: -180 to 180, -90 to 90");
    internal static readonly FindingCode DuplicateTree = Error("A009", "two area trees of the same version or the same day", "give each version its own name and valid_from");

    internal static readonly FindingCode DuplicateKind = Error("P001", "device kind with two profiles", "keep one profile a kind");
    internal static readonly FindingCode BadName = Error("P002", "kind or field name not well formed", "lower-case letters, digits and underscores, a letter first");
    internal static readonly FindingCode BadTopic = Error("P003", "topic pattern not well formed", "write it like city/v1/flood/{deviceId}/telemetry");
    internal static readonly FindingCode TopicOverlap = Error("P004", "topic pattern that another profile already binds", "a topic belongs to one kind; make the patterns differ in a literal level");
    internal static readonly FindingCode BadRange = Error("P005", "range of a field not usable", "write range: [smallest, largest], for number and integer fields only");
    internal static readonly FindingCode BadValues = Error("P006", "values of an enumeration not usable", "list each text once, for enumeration fields only");
    internal static readonly FindingCode TooManyFields = Error("P007", "more than 64 fields in a profile", "split the device kind in two");
    internal static readonly FindingCode ReservedField = Error("P008", "field name the payload format keeps for itself", "rename the field; ts and seq are the time and number of every message");
    internal static readonly FindingCode UnknownFormat = Error("P010", "payload format that there is no decoder for", "use json, or add a decoder for the format");
    internal static readonly FindingCode UnknownUnit = Warning("P009", "unit not in the table of units", "use a listed unit, so that figures of different devices compare");

    internal static readonly FindingCode DeviceHeader = Error("D001", "header line of a device list not usable", "first line: id,kind,area,building,address,lat,lon,tags");
    internal static readonly FindingCode CsvSyntax = Error("D002", "not valid CSV", "quote a field that holds a comma, and double the quotes inside (RFC 4180)");
    internal static readonly FindingCode ColumnCount = Error("D003", "row with another number of columns than the header", "one value a column; quote a field that holds a comma");
    internal static readonly FindingCode BadDeviceId = Error("D004", "device id not well formed", "1 to 64 of letters, digits, - _ . :");
    internal static readonly FindingCode DuplicateDevice = Error("D005", "device id written twice", "keep one row a device");
    internal static readonly FindingCode UnknownKind = Error("D006", "device kind without a profile", "use a kind of profiles/, or add its profile");
    internal static readonly FindingCode UnknownDeviceArea = Error("D007", "area of a device in no area tree", "write the code of the grid it stands in");
    internal static readonly FindingCode NotAGrid = Error("D008", "area of a device is not a grid", "write the code of the grid it stands in, the lowest level");
    internal static readonly FindingCode BadPosition = Error("D009", "latitude or longitude not usable", "WGS 84 degrees: lat -90 to 90, lon -180 to 180");
    internal static readonly FindingCode BadTags = Error("D010", "tags not usable", "write name=value;name=value, each name once");
    internal static readonly FindingCode TooManyDevices = Error("D011", "more than 2 000 000 devices", "a gateway serves at most 2 000 000 devices; divide the city between several");
    internal static readonly FindingCode OutsideGrid = Warning("D012", "position outside the outline of its grid", "correct the position or the grid");
    internal static readonly FindingCode RetiredGrid = Warning("D013", "grid of a device is missing from the newest area tree", "give the device its new grid before that tree holds");

    internal static readonly FindingCode DuplicateRule = Error("R001", "rule name written twice", "give every rule its own name");
    internal static readonly FindingCode BadRuleName = Error("R002", "rule, label, annotation or event name not well formed", "rules: lower-case letters, digits, hyphens; labels and annotations: letters, digits, underscores; events: dotted words");
    internal static readonly FindingCode NoCondition = Error("R003", "rule with neither levels nor absent", "add levels (or expr), or absent, or both");
    internal static readonly FindingCode ExprAndLevels = Error("R004", "rule with both expr and levels", "expr with its severity is a ladder of one; move it into levels");
    internal static readonly FindingCode LadderOrder = Error("R005", "severity ladder not ascending", "lowest first, each severity once: info, warning, critical, emergency");
    internal static readonly FindingCode RuleKind = Error("R006", "rule for a device kind without a profile", "use a kind of profiles/");
    internal static readonly FindingCode RuleDevice = Error("R007", "rule for a device that is not registered", "use an id of devices/");
    internal static readonly FindingCode RuleArea = Error("R008", "rule for an area in no area tree", "use a code of areas/");
    internal static readonly FindingCode RuleTag = Warning("R009", "rule for a tag that no device of its kind carries", "correct the tag, or tag the devices");
    internal static readonly FindingCode TooManyRules = Error("R010", "more than 10 000 rules", "use tags and ladders rather than one rule a device");
    internal static readonly FindingCode DuplicateTest = Error("R011", "test name written twice in one file", "give every test its own name");
    internal static readonly FindingCode TestAlert = Error("R012", "test expects an alert that no rule of its file raises", "use a rule name of the same file");
    internal static readonly FindingCode TestDevice = Error("R013", "test expects an alert of a device it gives no series for", "use a device id of the test's series");

    internal static readonly FindingCode InhibitedRule = Error("R014", "rule inhibits a rule that does not exist, or itself", "use names of other rules");
    internal static readonly FindingCode InhibitionCircle = Error("R015", "rules that inhibit each other in a circle", "let the alert that matters most inhibit the others: in a circle all of them would be silent");

    internal static readonly FindingCode SilenceOfAll = Error("S001", "silence of every alert", "name rules, devices or areas");
    internal static readonly FindingCode SilenceTimes = Error("S002", "silence that ends before it begins, or lasts longer than 31 days", "write until: after from:; what is known of for longer is mended, or its rule is changed");
    internal static readonly FindingCode SilenceName = Error("S003", "silence of a rule, device or area that does not exist", "use a name that exists");

    internal static readonly FindingCode OverlayRule = Error("O001", "overlay changes a rule that does not exist", "use the name of a rule of rules/");
    internal static readonly FindingCode OverlayMode = Error("O002", "overlay for a mode the city does not have", "use one of modes: of city.yaml");
    internal static readonly FindingCode OverlayTimes = Error("O003", "overlay that ends before it begins", "write from before until, both in the city's time");
    internal static readonly FindingCode EndlessCampaign = Error("O004", "campaign without an end", "add until: to its when:, so that it ends by itself");
    internal static readonly FindingCode OverlayLevel = Error("O005", "overlay adds a level without a condition", "the rule has no such level; write its expr: too, or correct the severity");
    /// <summary>The overlays can be combined in more ways than a city may have.</summary>
    public static readonly FindingCode TooManyCombinations = Error("O006", "overlays that combine in more than 64 ways", "give overlays the same times, or join them in one file");

    internal static readonly FindingCode DuplicateUnit = Error("U001", "unit id written twice", "give every unit its own id");
    internal static readonly FindingCode NoContact = Error("U002", "unit without a contact", "add contact: a telephone number or address of the duty desk, never a person");
    internal static readonly FindingCode NoCalendar = Error("U003", "unit without a calendar", "add calendar: the id of a file of calendars/");
    internal static readonly FindingCode UnknownCalendar = Error("U004", "unit with a calendar that does not exist", "use an id of calendars/");
    internal static readonly FindingCode UnknownDutyUnit = Error("U005", "unit that is not declared", "declare it under units of a file of duty/, or correct the id");
    internal static readonly FindingCode UnknownDutyArea = Error("U006", "responsibility for an area in no area tree", "use a code of areas/");
    internal static readonly FindingCode BadEventPattern = Error("U007", "event not well formed", "write a kind (flood.underpass), a family (flood.*) or * for all");
    internal static readonly FindingCode TwoLeads = Error("U008", "two leads for the same event and area", "one row an event and area; name the second unit under co_handlers");
    internal static readonly FindingCode Forbidden = Error("U009", "row that the negative list forbids", "give the row another lead, or take the pair off the negative list");
    internal static readonly FindingCode LeadHelpsItself = Error("U010", "unit twice in one row", "the lead is no co-handler, and each co-handler stands once");
    internal static readonly FindingCode NoRoute = Error("U011", "an event that a rule files has no lead somewhere", "add a row for the event, its family or * over that area");
    internal static readonly FindingCode LimitsMode = Error("U012", "time limits for a mode the city does not have", "use one of modes: of city.yaml");

    internal static readonly FindingCode DuplicateCalendar = Error("K001", "calendar id written twice", "give every calendar its own id");
    internal static readonly FindingCode NoWorkingTime = Error("K002", "calendar without working days or hours", "list at least one working day and one span of hours");
    internal static readonly FindingCode BadHours = Error("K003", "working hours not usable", "write \"08:30-12:00\", in order, not overlapping, up to 24:00");
    internal static readonly FindingCode BadHoliday = Error("K004", "holiday ends before it begins or lasts over 60 days", "from and to are the first and the last day off");
    internal static readonly FindingCode HolidayClash = Error("K005", "a day both a holiday and a make-up workday", "keep one of the two");
    internal static readonly FindingCode NeedlessMakeup = Warning("K006", "make-up workday that is a working day anyway", "check the date against the official notice");
    internal static readonly FindingCode BadCalendarId = Error("K007", "calendar or unit id not well formed", "lower-case letters, digits, hyphens");

    /// <summary>The whole table, by code.</summary>
    public static IReadOnlyList<FindingCode> All { get; } =
        [.. typeof(FindingCodes).GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic).Select(f => f.GetValue(null)).OfType<FindingCode>().OrderBy(c => c.Code, StringComparer.Ordinal)];

    private static FindingCode Error(string code, string meaning, string fix) => new(code, FindingLevel.Error, meaning, fix);

    private static FindingCode Warning(string code, string meaning, string fix) => new(code, FindingLevel.Warning, meaning, fix);
}
