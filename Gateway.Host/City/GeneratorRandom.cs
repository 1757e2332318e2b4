namespace Gateway.Host.City;

/// <summary>
/// SplitMix64 over a key: the same key gives the same numbers on every platform and runtime version, and every device has a key of its
/// own, so that a city of more devices begins like a city of fewer.
/// </summary>
internal struct GeneratorRandom
{
    private ulong _state;

    public GeneratorRandom(ulong seed, ulong stream, ulong item) => _state = Mix(Mix(Mix(seed) ^ stream) ^ item);

    /// <summary>From 0 to below <paramref name="limit"/>.</summary>
    public int Next(int limit) => (int)(NextWord() % (ulong)limit);

    /// <summary>From <paramref name="low"/> to below <paramref name="high"/>.</summary>
    public double Between(double low, double high) => low + ((NextWord() >> 11) * (1.0 / (1UL << 53)) * (high - low));

    private ulong NextWord() => Mix(_state += 0x9E3779B97F4A7C15);

    private static ulong Mix(ulong word)
    {
        word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9;
        word = (word ^ (word >> 27)) * 0x94D049BB133111EB;
        return word ^ (word >> 31);
    }
}
