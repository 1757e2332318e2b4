using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Gateway.Host.Notifications;

/// <summary>Posts to one receiver. Redirects are not followed, cookies not kept, and of an answer only the beginning is read.</summary>
internal sealed class WebhookSender : IDisposable
{
    /// <summary>Header with the global sequence of the last event that a request covers.</summary>
    public const string SequenceHeader = "Gateway-Sequence";

    /// <summary>Header with the global sequence of the first.</summary>
    public const string FirstSequenceHeader = "Gateway-First-Sequence";

    private const int AnswerLimitBytes = 4 * 1024;
    private const int ErrorLengthLimit = 300;

    private readonly WebhookOptions _options;
    private readonly Uri _url;
    private readonly TimeProvider _time;
    private readonly HttpClient _client;

    /// <summary>Makes one; nothing is connected yet.</summary>
    public WebhookSender(WebhookOptions options, TimeProvider time)
    {
        _options = options;
        _url = new Uri(options.Url);
        _time = time;
        _client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = !_url.IsLoopback,
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseHeadersLength = 16, // KiB
            MaxResponseDrainSize = AnswerLimitBytes,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5), // a receiver may move to another address
        })
        {
            Timeout = Timeout.InfiniteTimeSpan, // its own clock is the system's; the time is kept below
        };
    }

    /// <summary>Scheme, host and port: what may be shown. Paths and queries of hooks are often secrets.</summary>
    public string Target => _url.GetLeftPart(UriPartial.Authority);

    /// <summary>Posts a body and judges the answer.</summary>
    /// <param name="body">JSON.</param>
    /// <param name="sequences">First and last sequence it covers; null when it only says again what was said.</param>
    /// <param name="stop">The gateway stops.</param>
    /// <exception cref="OperationCanceledException">The gateway stops; whether it arrived is not known.</exception>
    public async Task<SendResult> SendAsync(ReadOnlyMemory<byte> body, (long First, long Last)? sequences, CancellationToken stop)
    {
        SecretFile secret = _options.HeaderFile is { } file ? SecretFile.Read(file) : default;
        if (secret.Problem is { } problem)
        {
            return new SendResult(SendOutcome.TryAgain, $"HeaderFile {problem}");
        }

        using CancellationTokenSource timeout = new(_options.Timeout, _time);
        using CancellationTokenSource ends = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stop);
        try
        {
            using HttpRequestMessage request = Request(body, sequences, secret.Value);
            using HttpResponseMessage answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ends.Token).ConfigureAwait(false);
            SendOutcome outcome = Judge(answer.StatusCode);
            if (outcome == SendOutcome.Delivered)
            {
                return new SendResult(outcome, ""); // whatever else it says: it has said yes
            }

            string text = await BeginningAsync(answer, ends.Token).ConfigureAwait(false);
            string redirect = (int)answer.StatusCode is >= 300 and < 400 ? "redirects are not followed, configure the address it leads to; " : "";
            string error = string.Create(CultureInfo.InvariantCulture, $"{redirect}answered {(int)answer.StatusCode} {answer.ReasonPhrase}: {text}");
            return new SendResult(outcome, OneLine(error, secret.Value), RetryAfter(answer));
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            return new SendResult(SendOutcome.TryAgain, string.Create(CultureInfo.InvariantCulture, $"no answer within {_options.Timeout.TotalSeconds:0.#} s"));
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return new SendResult(SendOutcome.TryAgain, OneLine(e.InnerException is { } inner ? $"{e.Message} {inner.Message}" : e.Message, secret.Value));
        }
    }

    /// <inheritdoc />
    public void Dispose() => _client.Dispose();

    private static SendOutcome Judge(HttpStatusCode status) => (int)status switch
    {
        >= 200 and < 300 => SendOutcome.Delivered,
        408 or 425 or 429 or >= 500 => SendOutcome.TryAgain,
        400 or 413 or 422 => SendOutcome.BodyRefused,
        _ => SendOutcome.Refused,
    };

    private HttpRequestMessage Request(ReadOnlyMemory<byte> body, (long First, long Last)? sequences, string? secret)
    {
        HttpRequestMessage request = new(HttpMethod.Post, _url) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.UserAgent.ParseAdd("city-sensing-gateway");
        if (sequences is { } given)
        {
            request.Headers.Add(FirstSequenceHeader, given.First.ToString(CultureInfo.InvariantCulture));
            request.Headers.Add(SequenceHeader, given.Last.ToString(CultureInfo.InvariantCulture));
        }

        if (secret is not null)
        {
            request.Headers.TryAddWithoutValidation(_options.HeaderName, secret);
        }

        return request;
    }

    private TimeSpan? RetryAfter(HttpResponseMessage answer)
    {
        RetryConditionHeaderValue? header = answer.Headers.RetryAfter;
        TimeSpan? wait = header?.Delta ?? (header?.Date is { } date ? date - _time.GetUtcNow() : null);
        return wait > TimeSpan.Zero ? wait : null;
    }

    private static async Task<string> BeginningAsync(HttpResponseMessage answer, CancellationToken ends)
    {
        byte[] bytes = new byte[AnswerLimitBytes];
        Stream stream = await answer.Content.ReadAsStreamAsync(ends).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            int lengthBytes = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, ends).ConfigureAwait(false);
            return Encoding.UTF8.GetString(bytes, 0, lengthBytes);
        }
    }

    /// <summary>Text of a stranger for the log and the list: no control characters, not long, and without what it may have sent back: the secret, the path and query.</summary>
    private string OneLine(string text, string? secret)
    {
        text = _url.Query.Length > 1 ? text.Replace(_url.Query[1..], "***", StringComparison.Ordinal) : text;
        text = _url.AbsolutePath.Length > 1 ? text.Replace(_url.AbsolutePath, "/***", StringComparison.Ordinal) : text;
        if (secret is not null)
        {
            text = text.Replace(secret, "***", StringComparison.Ordinal);
            string bare = secret[(secret.IndexOf(' ', StringComparison.Ordinal) + 1)..]; // "Bearer x": the x alone
            text = bare.Length > 0 ? text.Replace(bare, "***", StringComparison.Ordinal) : text;
        }

        string line = string.Concat(text.Select(c => char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029' or (>= '\u202A' and <= '\u202E') ? ' ' : c)).Trim();
        return line.Length <= ErrorLengthLimit ? line : line[..ErrorLengthLimit] + "…";
    }
}
