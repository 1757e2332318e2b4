namespace Gateway.Host.Api;

/// <summary>problem+json answers (RFC 9457): what is wrong, and what to do.</summary>
internal static class Problems
{
    /// <summary>400: the request is not understood.</summary>
    public static IResult BadRequest(string detail) =>
        Results.Problem(detail, statusCode: StatusCodes.Status400BadRequest, title: "The request is not understood");

    /// <summary>401: nobody knows who asks.</summary>
    /// <param name="isNew">Whether there is no account yet.</param>
    public static IResult Unauthorized(bool isNew) => Results.Problem(
        isNew ? "this gateway has no account yet: its log says how to make the first" : "sign in at /api/v1/session, or send Authorization: Bearer with a token that holds",
        statusCode: StatusCodes.Status401Unauthorized,
        title: "Not signed in");

    /// <summary>403: whoever asks may not.</summary>
    public static IResult Forbidden(string detail) =>
        Results.Problem(detail, statusCode: StatusCodes.Status403Forbidden, title: "Not allowed");

    /// <summary>404: there is no such thing.</summary>
    public static IResult NotFound(string detail) =>
        Results.Problem(detail, statusCode: StatusCodes.Status404NotFound, title: "Not found");

    /// <summary>503: not now.</summary>
    public static IResult Unavailable(string detail) =>
        Results.Problem(detail, statusCode: StatusCodes.Status503ServiceUnavailable, title: "Not available now");
}
