namespace Gateway.Host.Api;

/// <summary>problem+json answers (RFC 9457): what is wrong, and what to do.</summary>
internal static class Problems
{
    /// <summary>400: the request is not understood.</summary>
    public static IResult BadRequest(string detail) =>
        Results.Problem(detail, statusCode: StatusCodes.Status400BadRequest, title: "The request is not understood");

    /// <summary>404: there is no such thing.</summary>
    public static IResult NotFound(string detail) =>
        Results.Problem(detail, statusCode: StatusCodes.Status404NotFound, title: "Not found");

    /// <summary>503: not now.</summary>
    public static IResult Unavailable(string detail) =>
        Results.Problem(detail, statusCode: StatusCodes.Status503ServiceUnavailable, title: "Not available now");
}
