using Gateway.Protocols.Devices;
using Gateway.Rules.Compilation;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;
using Gateway.Tests.Rules.Support;
using static Gateway.Tests.Rules.Support.SmallCity;

namespace Gateway.Tests.Rules.Evaluation;

/// <summary>What a reload keeps and withdraws, and what damaged bytes do.</summary>
public sealed class SavedStateTests
{
    private static readonly RuleDefinition Kept = Rule("kept", "water_level >= 0.3", forSeconds: 60);
    private static readonly RuleDefinition Edited = Rule("edited", "water_level >= 0.3");
    private static readonly RuleDefinition Removed = Rule("removed", "water_level >= 0.3", forSeconds: 600);

    private static EngineDriver Before() => new EngineDriver(Compile(Register(), Kept, Edited, Removed))
        .Send(0, "FLD-1", "water_level=0.5")
        .Send(5, "FLD-3", "water_level=0.6");

    // A new snapshot takes the old one's state over at 30 s.
    private static EngineDriver Reload(EngineDriver old, DeviceRegister devices, params RuleDefinition[] rules)
    {
        var driver = new EngineDriver(Compile(devices, rules));
        StateLoad load = driver.Engine.LoadState(old.Save(), EngineDriver.At(30), driver.Transitions);
        Assert.Equal((StateFault.None, driver.Transitions.Count), (load.Fault, load.Withdrawn));
        return driver;
    }

    [Fact]
    public void Reload_of_the_same_rules_emits_nothing_and_keeps_timers()
    {
        EngineDriver driver = Reload(Before(), Register(), Kept, Edited, Removed);
        Assert.Empty(driver.Told);

        Assert.Equal(["kept 60s Firing Warning FLD-1", "kept 65s Firing Warning FLD-3"], driver.Tick(100).Told);
    }

    [Fact]
    public void Reload_keeps_unchanged_rules_and_withdraws_those_that_are_gone()
    {
        EngineDriver driver = Reload(Before(), Register(), Rule("new", "battery < 5"), Rule("edited", "water_level >= 0.4"), Kept).Tick(60);

        Assert.Equal(["removed 30s Withdrawn Warning FLD-1", "removed 30s Withdrawn Warning FLD-3", "kept 60s Firing Warning FLD-1"], driver.Told);
        Assert.Equal([-1, -1, 2], driver.Transitions.Select(t => t.Rule));
        Assert.Equal(["the rule was removed"], driver.Transitions.Take(2).Select(t => t.Cause).Distinct());
        Assert.Equal(["edited FLD-1", "edited FLD-3", "kept FLD-1", "kept FLD-3"], driver.Engine.ActiveAlerts().Select(a => $"{a.RuleName} {a.DeviceId}"));
    }

    [Fact]
    public void Reload_follows_devices_by_id_and_withdraws_those_that_are_gone()
    {
        EngineDriver driver = Reload(Before(), Register("FLD-8", "FLD-3"), Kept, Edited, Removed).Tick(100);

        Assert.Equal(
            ["kept 30s Withdrawn Warning FLD-1", "edited 30s Withdrawn Warning FLD-1", "removed 30s Withdrawn Warning FLD-1", "kept 65s Firing Warning FLD-3"],
            driver.Told);
        Assert.Equal([-1, -1, -1, 1], driver.Transitions.Select(t => t.DeviceIndex));
    }

    [Fact]
    public void Reload_withdraws_from_devices_that_moved_out_of_the_match()
    {
        RuleDefinition street = Rule("r", "water_level >= 0.3") with { Match = new DeviceMatch { Kind = Text("flood"), Areas = [Text("1-1")] } };
        EngineDriver before = new EngineDriver(Compile(Register("FLD-1"), street)).Send(0, "FLD-1", "water_level=0.5");

        EngineDriver driver = Reload(before, Register("FLD-0", "FLD-1"), street); // second place: the other street

        Assert.Equal(["30s Withdrawn Warning FLD-1"], driver.Told);
        Assert.Equal("the rule no longer matches the device", driver.Transitions[0].Cause);
    }

    [Fact]
    public void Reload_keeps_latest_values_when_the_profile_gains_a_field_in_front()
    {
        RuleDefinition rule = Rule("r", "water_level >= 0.3 and rainfall > 5");
        var wider = new DeviceProfile("flood", [], [new FieldDefinition { Name = "ph", Type = FieldType.Number }, .. Flood.Fields]);
        var register = new DeviceRegister([wider], [new Device { Index = 0, Id = "FLD-1", Profile = wider, Area = "1-1-1" }]);
        EngineDriver before = new EngineDriver(Compile(Register(), rule)).Send(0, "FLD-1", "water_level=0.5");

        EngineDriver driver = Reload(before, register, rule).Send(40, "FLD-1", "rainfall=9");

        Assert.Equal(["40s Firing Warning FLD-1"], driver.Told);
    }

    [Fact]
    public void Reload_forgets_the_value_of_an_enumeration_whose_texts_were_edited()
    {
        RuleDefinition rule = RuleOf("r", "access", Level(AlertSeverity.Critical, "event == \"door_forced\" and armed"));
        var edited = new DeviceProfile("access", [], [Access.Fields[0] with { Values = ["door_forced", "door_opened"] }, .. Access.Fields.Skip(1)]);
        var register = new DeviceRegister([edited], [new Device { Index = 0, Id = "ACC-1", Profile = edited, Area = "1-1-1" }]);
        EngineDriver before = new EngineDriver(Compile(Register(), rule)).Send(0, "ACC-1", "event=door_opened"); // place 0, where door_forced stands now

        EngineDriver driver = Reload(before, register, rule).Send(40, "ACC-1", "armed=true");

        Assert.Empty(driver.Told);
    }

    [Fact]
    public void Reload_with_a_shorter_absence_tells_an_old_silence_now()
    {
        EngineDriver before = new EngineDriver(Compile(Register(), RuleOf("r", "flood").Absent(600))).Send(0, "FLD-1", "battery=9").Tick(500);
        var driver = new EngineDriver(Compile(Register(), RuleOf("r", "flood").Absent(300)));

        driver.Engine.LoadState(before.Save(), EngineDriver.At(500), driver.Transitions);

        Assert.Equal(["500s Firing Info FLD-1 absent"], driver.Tick(501).Told);
    }

    [Fact]
    public void Absence_goes_on_over_a_reload()
    {
        RuleDefinition silent = RuleOf("r", "flood").Absent(300);
        EngineDriver before = new EngineDriver(Compile(Register(), silent)).Send(0, "FLD-1", "battery=9").Tick(301);

        EngineDriver driver = Reload(before, Register(), silent).Send(400, "FLD-1", "battery=9").Tick(700);

        Assert.Equal(["400s Resolved Info FLD-1 absent", "700s Firing Info FLD-1 absent"], driver.Told);
    }

    [Fact]
    public void Damaged_state_is_refused_whichever_byte_is_hurt_and_wherever_it_is_cut()
    {
        EngineDriver before = Before();
        byte[] saved = before.Save();
        for (int i = 0; i < saved.Length; i++)
        {
            byte[] hurt = [.. saved];
            hurt[i] ^= (byte)(1 << (i % 8));
            AssertRefused(before.Rules, hurt);
            AssertRefused(before.Rules, saved[..i]);
        }
    }

    [Fact]
    public void Damage_under_a_right_checksum_is_refused_or_read_but_never_thrown()
    {
        EngineDriver before = Before();
        byte[] saved = before.Save();
        var random = new Random(7);
        for (int i = 0; i < 2000; i++)
        {
            byte[] hurt = [.. saved];
            hurt[4 + random.Next(hurt.Length - 8)] = (byte)random.Next(256);
            uint crc = uint.MaxValue;
            foreach (byte b in hurt.AsSpan(0, hurt.Length - 4))
            {
                crc = System.Numerics.BitOperations.Crc32C(crc, b);
            }

            BitConverter.TryWriteBytes(hurt.AsSpan(hurt.Length - 4), crc);
            var driver = new EngineDriver(before.Rules);
            StateFault fault = driver.Engine.LoadState(hurt, EngineDriver.At(30), driver.Transitions).Fault;
            Assert.True(fault is StateFault.None or StateFault.Damaged);
            driver.Tick(2000).Send(2001, "FLD-1", "water_level=0.1").Send(2001, "FLD-3", "water_level=0.1").Tick(4000);
        }
    }

    private static void AssertRefused(RuleSet rules, byte[] bytes)
    {
        var driver = new EngineDriver(rules);
        Assert.NotEqual(StateFault.None, driver.Engine.LoadState(bytes, EngineDriver.At(30), driver.Transitions).Fault);
        Assert.Empty(driver.Engine.ActiveAlerts());
        Assert.Null(driver.Engine.NextDue);
    }

    [Fact]
    public void State_of_the_version_before_functions_is_taken_over()
    {
        EngineDriver old = Before();
        EngineDriver driver = new(Compile(Register(), Kept, Edited, Rule("rising", "rise(water_level, 5m) > 0.2")));
        StateLoad load = driver.Engine.LoadState(WithoutHistories(old.Save()), EngineDriver.At(30), driver.Transitions);
        Assert.Equal((StateFault.None, 4, 2), (load.Fault, load.Carried, load.Withdrawn));
        driver.Send(60, "FLD-1", "water_level=0.5").Send(61, "FLD-1", "water_level=0.8");
        Assert.Equal(["kept 60s Firing Warning FLD-1", "rising 61s Firing Warning FLD-1"], driver.Told.Skip(2));
    }

    /// <summary>The bytes that the version before function calls wrote, from those of this one.</summary>
    private static byte[] WithoutHistories(byte[] saved)
    {
        using BinaryReader from = new(new MemoryStream(saved, 4, saved.Length - 8));
        MemoryStream bytes = new();
        using BinaryWriter to = new(bytes);
        void Copy(int count) => to.Write(from.ReadBytes(count));
        void Text()
        {
            ushort length = from.ReadUInt16();
            to.Write(length);
            Copy(length);
        }

        int Count()
        {
            int count = from.ReadInt32();
            to.Write(count);
            return count;
        }

        to.Write(0x31535247);
        Assert.Equal((1, 0L), (from.ReadInt32(), from.ReadInt64())); // one lane, without lateness
        Copy(16);
        for (int rules = Count(); rules > 0; rules--)
        {
            Text();
            Text();
            from.ReadBytes(from.ReadUInt16());
            from.ReadBytes(from.ReadByte());
        }

        List<int> fields = [];
        for (int kinds = Count(); kinds > 0; kinds--)
        {
            Text();
            fields.Add(Count());
            Assert.Equal(fields[^1], from.ReadInt32());
            for (int field = fields[^1]; field > 0; field--)
            {
                Text();
            }
        }

        for (int devices = Count(); devices > 0; devices--)
        {
            Text();
            int kind = Count();
            Copy(16 + (16 * fields[kind]));
            Copy(12 * Count());
            Assert.Equal(0, from.ReadByte());
        }

        Assert.Equal(0, from.ReadInt32());
        Copy((int)(from.BaseStream.Length - from.BaseStream.Position) - sizeof(int));
        Assert.Equal(0, from.ReadInt32()); // nothing waits
        uint crc = uint.MaxValue;
        foreach (byte b in bytes.ToArray())
        {
            crc = System.Numerics.BitOperations.Crc32C(crc, b);
        }

        to.Write(crc);
        return bytes.ToArray();
    }
}
