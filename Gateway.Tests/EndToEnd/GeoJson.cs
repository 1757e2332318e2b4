using System.Text.Json;

namespace Gateway.Tests.EndToEnd;

/// <summary>GeoJSON (RFC 7946) as far as the map uses it: feature collections of points and polygons.</summary>
internal static class GeoJson
{
    /// <summary>Fails where the collection breaks the RFC: members, ranges, closed rings, ids twice.</summary>
    public static void Check(JsonElement collection)
    {
        Assert.Equal("FeatureCollection", collection.Text("type"));
        HashSet<string> ids = [];
        foreach (JsonElement feature in collection.List("features"))
        {
            Assert.Equal("Feature", feature.Text("type"));
            Assert.Equal(JsonValueKind.Object, feature.GetProperty("properties").ValueKind);
            Assert.True(ids.Add(feature.Text("id")!), $"{feature.Text("id")} is there twice");
            JsonElement geometry = feature.GetProperty("geometry");
            if (geometry.Text("type") == "Point")
            {
                CheckPosition(geometry.GetProperty("coordinates"));
                continue;
            }

            Assert.Equal("Polygon", geometry.Text("type"));
            foreach (JsonElement[] ring in geometry.List("coordinates").Select(r => r.EnumerateArray().ToArray()))
            {
                Assert.True(ring.Length >= 4, $"{feature.Text("id")}: a ring has four positions or more");
                Assert.All(ring, CheckPosition);
                Assert.Equal(ring[0].ToString(), ring[^1].ToString());
            }
        }
    }

    /// <summary>Whether a point feature lies in a polygon feature, by the crossings of a ray to the east.</summary>
    public static bool Contains(JsonElement polygon, JsonElement point)
    {
        (double x, double y) = Position(point.GetProperty("geometry").GetProperty("coordinates"));
        (double X, double Y)[] ring = [.. polygon.GetProperty("geometry").GetProperty("coordinates")[0].EnumerateArray().Select(Position)];
        bool inside = false;
        for (int i = 0, j = ring.Length - 1; i < ring.Length; j = i++)
        {
            bool crosses = ring[i].Y > y != ring[j].Y > y;
            if (crosses && x < ((ring[j].X - ring[i].X) * (y - ring[i].Y) / (ring[j].Y - ring[i].Y)) + ring[i].X)
            {
                inside = !inside;
            }
        }

        return inside;
    }

    private static (double X, double Y) Position(JsonElement position) => (position[0].GetDouble(), position[1].GetDouble());

    private static void CheckPosition(JsonElement position)
    {
        Assert.Equal(2, position.GetArrayLength());
        Assert.InRange(position[0].GetDouble(), -180, 180);
        Assert.InRange(position[1].GetDouble(), -90, 90);
    }
}
