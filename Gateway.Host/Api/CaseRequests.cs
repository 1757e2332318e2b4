using System.Text.Json;
using Gateway.Host.IngestLog;
using Gateway.Host.Pipeline;

namespace Gateway.Host.Api;

/// <summary>What people ask of cases goes through the log like every message, so that it replays; the answer comes back from the pipeline. What was typed is struck here.</summary>
internal sealed class CaseRequests(SegmentLog log, PipelineWorker pipeline, TypedText typed)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>Sends a request and waits until its effects are committed.</summary>
    /// <returns>The answer; or, where there is none, what to tell the client.</returns>
    public async Task<(CommandResult? Answer, IResult? Problem)> SendAsync(Func<Guid, CommandPayload> request)
    {
        Guid id = Guid.NewGuid();
        Task<CommandResult> result = pipeline.ResultOf(id);
        try
        {
            byte[] payload = JsonSerializer.SerializeToUtf8Bytes(typed.Strike(request(id)), PipelineJson.Default.CommandPayload);
            return await log.AppendAsync(LogRecordKind.CaseCommand, default, default, payload).ConfigureAwait(false)
                ? (await result.WaitAsync(Timeout).ConfigureAwait(false), null)
                : (null, Problems.Unavailable("the log cannot be written; the request was not taken"));
        }
        catch (TimeoutException)
        {
            return (null, Problems.Unavailable("the request is in the log and will be carried out when the pipeline has caught up; look at the case later and do not send it again"));
        }
        finally
        {
            pipeline.Abandon(id);
        }
    }
}
