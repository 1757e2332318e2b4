namespace Gateway.Rules.Cases.Cap;

/// <summary>What a message may be used for (CAP 1.2, 3.2.1 status).</summary>
public enum CapStatus : byte
{
    /// <summary>To be acted on.</summary>
    Actual,

    /// <summary>For those who take part in an exercise; the note names it.</summary>
    Exercise,

    /// <summary>For the functions of the alerting network.</summary>
    System,

    /// <summary>A technical test, to be ignored.</summary>
    Test,

    /// <summary>A draft, not to be acted on as it stands.</summary>
    Draft,
}

/// <summary>What a message does (CAP 1.2, 3.2.1 msgType).</summary>
public enum CapMessageType : byte
{
    /// <summary>First information.</summary>
    Alert,

    /// <summary>Takes the place of the messages it refers to.</summary>
    Update,

    /// <summary>Takes back the messages it refers to.</summary>
    Cancel,

    /// <summary>Acknowledges the messages it refers to.</summary>
    Ack,

    /// <summary>Rejects the messages it refers to.</summary>
    Error,
}

/// <summary>Whom a message is for (CAP 1.2, 3.2.1 scope).</summary>
public enum CapScope : byte
{
    /// <summary>Anybody.</summary>
    Public,

    /// <summary>Those that the restriction names.</summary>
    Restricted,

    /// <summary>The addresses it names.</summary>
    Private,
}

/// <summary>Kind of event (CAP 1.2, 3.2.2 category).</summary>
public enum CapCategory : byte
{
    /// <summary>Geophysical.</summary>
    Geo,

    /// <summary>Meteorological, floods among them.</summary>
    Met,

    /// <summary>General emergency and public safety.</summary>
    Safety,

    /// <summary>Law enforcement, local and private security.</summary>
    Security,

    /// <summary>Rescue and recovery.</summary>
    Rescue,

    /// <summary>Fire.</summary>
    Fire,

    /// <summary>Medical and public health.</summary>
    Health,

    /// <summary>Pollution and other environment.</summary>
    Env,

    /// <summary>Transport.</summary>
    Transport,

    /// <summary>Utilities and other infrastructure.</summary>
    Infra,

    /// <summary>Chemical, biological, radiological, nuclear, explosive.</summary>
    CBRNE,

    /// <summary>Anything else.</summary>
    Other,
}

/// <summary>What the audience should do (CAP 1.2, 3.2.2 responseType).</summary>
public enum CapResponseType : byte
{
    /// <summary>Take shelter.</summary>
    Shelter,

    /// <summary>Leave.</summary>
    Evacuate,

    /// <summary>Make preparations.</summary>
    Prepare,

    /// <summary>Do what was planned.</summary>
    Execute,

    /// <summary>Keep away.</summary>
    Avoid,

    /// <summary>Attend to the news of it.</summary>
    Monitor,

    /// <summary>Judge the information; not for public messages.</summary>
    Assess,

    /// <summary>It is no longer a threat.</summary>
    AllClear,

    /// <summary>Nothing.</summary>
    None,
}

/// <summary>How soon to act (CAP 1.2, 3.2.2 urgency).</summary>
public enum CapUrgency : byte
{
    /// <summary>At once.</summary>
    Immediate,

    /// <summary>Within the hour.</summary>
    Expected,

    /// <summary>In the near future.</summary>
    Future,

    /// <summary>No longer.</summary>
    Past,

    /// <summary>Not known.</summary>
    Unknown,
}

/// <summary>How great the threat is (CAP 1.2, 3.2.2 severity).</summary>
public enum CapSeverity : byte
{
    /// <summary>Extraordinary.</summary>
    Extreme,

    /// <summary>Significant.</summary>
    Severe,

    /// <summary>Possible.</summary>
    Moderate,

    /// <summary>Minimal.</summary>
    Minor,

    /// <summary>Not known.</summary>
    Unknown,
}

/// <summary>How sure it is (CAP 1.2, 3.2.2 certainty).</summary>
public enum CapCertainty : byte
{
    /// <summary>It happened or goes on.</summary>
    Observed,

    /// <summary>More likely than not.</summary>
    Likely,

    /// <summary>Possible, not likely.</summary>
    Possible,

    /// <summary>Not expected.</summary>
    Unlikely,

    /// <summary>Not known.</summary>
    Unknown,
}
