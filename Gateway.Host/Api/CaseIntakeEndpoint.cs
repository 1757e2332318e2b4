using Gateway.Host.Access.People;
using Gateway.Host.Cases;
using Gateway.Host.City;
using Gateway.Host.Pipeline;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;

namespace Gateway.Host.Api;

/// <summary>Reports of people and other systems 信息收集: they join the open case they belong to, or open one.</summary>
internal static class CaseIntakeEndpoint
{
    /// <summary>201 with the new case, 200 with the one it joined.</summary>
    public static async Task<IResult> TakeAsync(CaseIntakeForm? form, Person person, ICaseStore store, CaseRequests requests, PipelineWorker pipeline, CityWatcher city, Func<EventTime> now)
    {
        if (form is null)
        {
            return Problems.BadRequest("send a JSON object with source, event, area or a position, and what was seen");
        }

        CitySnapshot snapshot = pipeline.Snapshot ?? city.Latest;
        (CaseIntake? intake, IReadOnlyList<string> faults) = form.Read(snapshot.AreasAt(now()), snapshot.Definition.Devices, now());
        if (intake is null)
        {
            return Problems.BadRequest(string.Join("; ", faults));
        }

        (CommandResult? answer, IResult? problem) = await requests.SendAsync(id => new CommandPayload(id, null) { Intake = intake with { Actor = person.IsDeveloper ? "" : person.Name } }).ConfigureAwait(false);
        if (answer?.Intake is not { } taken)
        {
            return problem!;
        }

        return new WrittenJson(writer => CaseJson.Write(writer, store.Find(taken.CaseNo)!, store.History(taken.CaseNo)))
        {
            Status = taken.Joined ? StatusCodes.Status200OK : StatusCodes.Status201Created,
            Location = taken.Joined ? null : $"/api/v1/cases/{taken.CaseNo}",
        };
    }
}
