namespace Gateway.Rules.Areas;

/// <summary>A position on the ground.</summary>
/// <param name="Latitude">WGS 84 latitude, degrees.</param>
/// <param name="Longitude">WGS 84 longitude, degrees.</param>
internal readonly record struct WorldPosition(double Latitude, double Longitude)
{
    /// <summary>Mean radius of the earth.</summary>
    public const double EarthRadiusMetres = 6_371_000;

    /// <summary>Length of a degree of latitude on it.</summary>
    public const double MetresPerDegree = 111_195;

    /// <summary>Great-circle distance.</summary>
    public double DistanceMetres(WorldPosition other)
    {
        double latitude = Math.Sin(double.DegreesToRadians(other.Latitude - Latitude) / 2);
        double longitude = Math.Sin(double.DegreesToRadians(other.Longitude - Longitude) / 2);
        double chord = (latitude * latitude)
            + (Math.Cos(double.DegreesToRadians(Latitude)) * Math.Cos(double.DegreesToRadians(other.Latitude)) * longitude * longitude);
        return 2 * EarthRadiusMetres * Math.Asin(Math.Min(1, Math.Sqrt(chord)));
    }
}
