using System.Buffers;
using System.Text;
using System.Text.Json;
using Gateway.Host.Cases;
using Gateway.Host.Ingest.Routing;
using Gateway.Rules.Cases;

namespace Gateway.Host.Api;

/// <summary>Publishes every changed case on <c>city/v1/cases/{area}/{caseNo}</c>, to whoever subscribes.</summary>
internal sealed class CaseTopics(GatewayPublisher publisher)
{
    /// <summary>Publishes cases as they stand now.</summary>
    public void Publish(IReadOnlyList<Case> cases)
    {
        if (!publisher.HasSubscribers)
        {
            return;
        }

        foreach (Case one in cases)
        {
            ArrayBufferWriter<byte> json = new();
            using (Utf8JsonWriter writer = new(json, ApiJson.WriterOptions))
            {
                CaseJson.Write(writer, one, history: null);
            }

            string area = one.Facts.AreaPath.Count > 0 ? one.Facts.AreaPath[0] : "unknown";
            publisher.Publish(Encoding.UTF8.GetBytes($"city/v1/cases/{area}/{one.CaseNo}"), json.WrittenMemory, []);
        }
    }
}
