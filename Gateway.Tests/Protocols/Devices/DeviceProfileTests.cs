using Gateway.Protocols.Devices;

namespace Gateway.Tests.Protocols.Devices;

public sealed class DeviceProfileTests
{
    [Fact]
    public void Column_of_a_field_is_its_position()
    {
        DeviceProfile profile = new("k", [], [Field("a"), Field("b")]);

        Assert.Equal((0, 1), (profile.ColumnByName["a"], profile.ColumnByName["b"]));
    }

    [Theory]
    [InlineData(FieldType.Pseudonym, true, false)]
    [InlineData(FieldType.Text, false, false)]
    [InlineData(FieldType.Enumeration, false, true)]
    public void Field_type_decides_pseudonyms_and_columns(FieldType type, bool pseudonyms, bool numeric)
    {
        DeviceProfile profile = new("k", [], [Field("a"), Field("b") with { Type = type }]);

        Assert.Equal((pseudonyms, numeric), (profile.HasPseudonyms, profile.Fields[1].IsNumeric));
    }

    [Fact]
    public void Field_name_twice_is_refused() => Assert.Throws<ArgumentException>(() => new DeviceProfile("k", [], [Field("a"), Field("a")]));

    [Fact]
    public void More_fields_than_the_mask_holds_are_refused() =>
        Assert.Throws<ArgumentException>(() => new DeviceProfile("k", [], [.. Enumerable.Range(0, 65).Select(i => Field($"f{i}"))]));

    private static FieldDefinition Field(string name) => new() { Name = name, Type = FieldType.Number };
}
