namespace Gateway.Host.City;

/// <summary>One grid of a <see cref="CityLayout"/>, as far as devices need it.</summary>
internal sealed record GridCell
{
    /// <summary>The grid's code.</summary>
    public required string Code { get; init; }

    /// <summary>Code of its community; building codes begin with it.</summary>
    public required string Community { get; init; }

    /// <summary>City, district, street and community, as an address begins.</summary>
    public required string AddressPrefix { get; init; }

    /// <summary>Which grid of its community it is, from 0.</summary>
    public required int Place { get; init; }

    /// <summary>How many grids the community has.</summary>
    public required int PlacesInCommunity { get; init; }

    /// <summary>Column in the lattice.</summary>
    public required int X { get; init; }

    /// <summary>Row in the lattice.</summary>
    public required int Y { get; init; }
}
