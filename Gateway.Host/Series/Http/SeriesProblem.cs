using Gateway.Host.Series.Query;

namespace Gateway.Host.Series.Http;

/// <summary>What was asked for amiss, as problem+json (RFC 9457) with status 400, the parameter, and what is allowed.</summary>
internal static class SeriesProblem
{
    /// <summary>Makes a problem.</summary>
    /// <param name="parameter">The query parameter at fault.</param>
    /// <param name="detail">What is wrong with it and how to mend it.</param>
    /// <param name="allowed">The values it may take; empty when they are no list.</param>
    public static IResult Of(string parameter, string detail, IReadOnlyList<string> allowed)
    {
        Dictionary<string, object?> extensions = new() { ["parameter"] = parameter };
        if (allowed.Count > 0)
        {
            extensions["allowed"] = allowed;
        }

        return Results.Problem(detail, statusCode: StatusCodes.Status400BadRequest, title: "The series request cannot be answered", extensions: extensions);
    }

    /// <summary>The parameter that mends a fault.</summary>
    public static string ParameterOf(SeriesQueryFault fault) => fault switch
    {
        SeriesQueryFault.EmptyRange => "to",
        SeriesQueryFault.TooManySeries => "area",
        _ => "step",
    };
}
