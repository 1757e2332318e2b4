using Gateway.Rules.Cases;

namespace Gateway.Tests.Host.Cases.AfterAction;

/// <summary>Cases of every shape a timeline must show, each with the minute it is looked at.</summary>
internal static class TimelineScenes
{
    public const string Gauge = "FLD-000001";

    /// <summary>Water rises in an underpass, is warned of, goes all seven stages, and falls; the gauge is silent for a while.</summary>
    public static (TimelineDrill Drill, string CaseNo, double Now) Flood()
    {
        TimelineDrill drill = new();
        drill.Levels(Gauge, -60, -16, 0.02, 0.03);
        drill.Levels(Gauge, -15, 12, 0.04, 0.44);
        string caseNo = Assert.Single(drill.Cases).CaseNo;
        drill.Command(3, caseNo, CaseCommandKind.Accept, "drainage/crew-7");
        drill.Levels(Gauge, 13, 20, 0.45, 0.56);
        drill.Command(21, caseNo, CaseCommandKind.Whistle, "street-330102001/zhou", "close both ramps", to: "traffic-police,street-330102001");
        drill.Levels(Gauge, 22, 30, 0.56, 0.52);
        drill.Command(34, caseNo, CaseCommandKind.Arrive, "traffic-police/patrol-3", to: "traffic-police");
        drill.Report(40, new CaseIntake { Source = "hotline", Event = "flood.underpass", Area = drill.City.Definition.Devices.Find(Gauge)!.Area, DeviceId = Gauge, Description = "下穿通道积水,车辆熄火,请拨 13800138000" });
        drill.Levels(Gauge, 46, 80, 0.44, 0.05);
        drill.Levels(Gauge, 81, 100, 0.05, 0.03);
        drill.Command(101, caseNo, CaseCommandKind.Report, "drainage/crew-7", "pumped out, gully cleared");
        drill.Levels(Gauge, 102, 120, 0.03, 0.02);
        drill.Command(121, caseNo, CaseCommandKind.Verify, "street-330102001/wang", "road is dry", fieldCheck: true);
        drill.Levels(Gauge, 122, 150, 0.02, 0.02);
        drill.Command(150, caseNo, CaseCommandKind.Evaluate, "supervisor/chen", "quick, but the second ramp was closed late", score: 4);
        drill.Levels(Gauge, 151, 200, 0.02, 0.02);
        return (drill, caseNo, 200);
    }

    /// <summary>Nobody takes the case: its clocks are overdue one after the other.</summary>
    public static (TimelineDrill Drill, string CaseNo, double Now) Overdue()
    {
        TimelineDrill drill = new();
        drill.Levels(Gauge, -30, 0, 0.03, 0.03);
        drill.Levels(Gauge, 1, 10, 0.2, 0.34);
        string caseNo = Assert.Single(drill.Cases).CaseNo;
        drill.Command(11, caseNo, CaseCommandKind.Supervise, "city-operations/sun", "nobody has moved");
        for (double minute = 12; minute <= 600; minute++)
        {
            drill.Level(minute, Gauge, 0.33 + (0.02 * Math.Sin(minute / 20)));
        }

        drill.Pass(TimelineDrill.At(600));
        return (drill, caseNo, 600);
    }

    /// <summary>A person reported it; there is nothing to measure.</summary>
    public static (TimelineDrill Drill, string CaseNo, double Now) Reported()
    {
        TimelineDrill drill = new();
        string caseNo = drill.Report(0, new CaseIntake { Source = "hotline", Event = "order.litter", Area = "330105001001G01", Description = "垃圾堆放" });
        drill.Command(12, caseNo, CaseCommandKind.Accept, "urban-management/he");
        drill.Report(25, new CaseIntake { Source = "patrol", Event = "order.litter", Area = "330105001001G01", Description = "same heap, still there" });
        drill.Command(90, caseNo, CaseCommandKind.Report, "urban-management/he", "cleared");
        drill.Command(118, caseNo, CaseCommandKind.Verify, "street-330105001/wang", fieldCheck: true);
        return (drill, caseNo, 130);
    }

    /// <summary>Put off for ten days in the middle.</summary>
    public static (TimelineDrill Drill, string CaseNo, double Now) Deferred()
    {
        const double days = 24 * 60;
        TimelineDrill drill = new();
        drill.Levels(Gauge, -30, 0, 0.03, 0.03);
        drill.Levels(Gauge, 1, 40, 0.2, 0.31);
        string caseNo = Assert.Single(drill.Cases).CaseNo;
        drill.Command(42, caseNo, CaseCommandKind.Accept, "drainage/crew-7");
        drill.Levels(Gauge, 43, 75, 0.3, 0.03);
        drill.Command(80, caseNo, CaseCommandKind.Defer, "drainage/crew-7", "the pump is to be replaced, part ordered", untilMinute: 80 + (10 * days));
        drill.Command(95, caseNo, CaseCommandKind.Approve, "supervisor/chen", "until the part is here");
        for (double minute = 96; minute < 80 + (10 * days); minute++)
        {
            drill.Level(minute, Gauge, 0.03 + (0.01 * Math.Sin(minute / 300)));
        }

        double end = 80 + (10 * days);
        drill.Levels(Gauge, end, end + 60, 0.03, 0.02);
        drill.Command(end + 61, caseNo, CaseCommandKind.Report, "drainage/crew-7", "new pump runs");
        drill.Levels(Gauge, end + 62, end + 80, 0.02, 0.02);
        drill.Command(end + 81, caseNo, CaseCommandKind.Verify, "street-330102001/wang", fieldCheck: true);
        return (drill, caseNo, end + 100);
    }

    /// <summary>A storm with hundreds of parts.</summary>
    public static (TimelineDrill Drill, string CaseNo, double Now) Storm(int children = 400, int occurrences = 0)
    {
        TimelineDrill drill = new();
        string[] gauges = [.. drill.City.Definition.Devices.Devices.Where(d => d.Profile.Kind == "flood").Select(d => d.Id)];
        foreach (string gauge in gauges.Take(4))
        {
            drill.Levels(gauge, -30, 0, 0.05, 0.05);
            drill.Levels(gauge, 1, 60, 0.3, 0.9);
            drill.Levels(gauge, 61, 110, 0.9, 0.05);
        }

        LongHistory history = new(children, occurrences, gauges);
        drill.Put(history.Events, history.Cases, TimelineDrill.At(120));
        return (drill, history.Storm, 120);
    }
}
