namespace Gateway.Host.Notifications;

/// <summary>A header value in a file: one line of visible ASCII. The message of a failure names the file, never what is in it.</summary>
/// <param name="Value">The value; null when there is none to be had.</param>
/// <param name="Problem">Why not, and what to do; null when there is one.</param>
internal readonly record struct SecretFile(string? Value, string? Problem)
{
    private const int LengthLimitBytes = 8 * 1024;

    /// <summary>Reads it.</summary>
    public static SecretFile Read(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            byte[] bytes = new byte[LengthLimitBytes + 1];
            int lengthBytes = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            ReadOnlySpan<byte> value = bytes.AsSpan(0, lengthBytes).Trim("\r\n \t"u8);
            if (lengthBytes > LengthLimitBytes || value.IsEmpty || value.ContainsAnyExceptInRange((byte)0x20, (byte)0x7E))
            {
                return new SecretFile(null, $"{path}: holds the value of a header, one line of visible ASCII, at most {LengthLimitBytes} bytes; this one does not");
            }

            return new SecretFile(System.Text.Encoding.ASCII.GetString(value), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return new SecretFile(null, $"cannot be read: {e.Message}");
        }
    }
}
