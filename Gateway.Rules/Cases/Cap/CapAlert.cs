namespace Gateway.Rules.Cases.Cap;

/// <summary>
/// One message of the Common Alerting Protocol 1.2 (OASIS, 3.2.1): the parts the gateway writes and reads. Members stand in the order of
/// the schema, which <see cref="CapXml"/> follows. Texts may hold anything; the writer makes them fit for XML. Immutable.
/// </summary>
public sealed record CapAlert
{
    /// <summary>Namespace of the elements.</summary>
    public const string Namespace = "urn:oasis:names:tc:emergency:cap:1.2";

    /// <summary>Unique among the sender's messages; see <see cref="CapName.IsValid"/>.</summary>
    public required string Identifier { get; init; }

    /// <summary>Who sends it, unique in the world; see <see cref="CapName.IsValid"/>.</summary>
    public required string Sender { get; init; }

    /// <summary>When it is sent; whole seconds.</summary>
    public required DateTimeOffset Sent { get; init; }

    /// <summary>What it may be used for.</summary>
    public required CapStatus Status { get; init; }

    /// <summary>What it does.</summary>
    public required CapMessageType MessageType { get; init; }

    /// <summary>The operator or device behind it; empty for none.</summary>
    public string Source { get; init; } = "";

    /// <summary>Whom it is for.</summary>
    public required CapScope Scope { get; init; }

    /// <summary>The rule that restricts it; there exactly when the scope is <see cref="CapScope.Restricted"/>.</summary>
    public string Restriction { get; init; } = "";

    /// <summary>Recipients; there exactly when the scope is <see cref="CapScope.Private"/>.</summary>
    public string Addresses { get; init; } = "";

    /// <summary>What it is about, for people who handle messages; empty for none.</summary>
    public string Note { get; init; } = "";

    /// <summary>Earlier messages it is about; empty for the first of a case.</summary>
    public IReadOnlyList<CapReference> References { get; init; } = [];

    /// <summary>The incident it belongs to, here the case number; empty for none.</summary>
    public string Incidents { get; init; } = "";

    /// <summary>The same information in each language.</summary>
    public IReadOnlyList<CapInfo> Infos { get; init; } = [];
}

/// <summary>Names another message: <c>sender,identifier,sent</c>.</summary>
/// <param name="Sender">Its sender.</param>
/// <param name="Identifier">Its identifier.</param>
/// <param name="Sent">When it was sent.</param>
public sealed record CapReference(string Sender, string Identifier, DateTimeOffset Sent)
{
    /// <summary>As it stands in the XML.</summary>
    public override string ToString() => $"{Sender},{Identifier},{CapTime.Text(Sent)}";
}

/// <summary>A name with a value: parameter, eventCode and geocode have this shape.</summary>
/// <param name="Name">valueName.</param>
/// <param name="Value">value.</param>
public sealed record CapValue(string Name, string Value);
