namespace Gateway.Host.Series.Embedded.Encoding;

/// <summary>Folds signed numbers onto unsigned ones so that small magnitudes stay small: 0, -1, 1, -2 become 0, 1, 2, 3.</summary>
internal static class ZigZag
{
    /// <summary>Folds; defined for every value.</summary>
    public static ulong Encode(long value) => (ulong)((value << 1) ^ (value >> 63));

    /// <summary>Unfolds.</summary>
    public static long Decode(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);
}
