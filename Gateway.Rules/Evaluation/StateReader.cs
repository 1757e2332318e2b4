using System.Buffers.Binary;
using System.Text;

namespace Gateway.Rules.Evaluation;

/// <summary>Reads the parts of saved state; past the end everything reads as zero and <see cref="HasFailed"/> says so.</summary>
internal ref struct StateReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Whether something was read that is not there.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Whether all has been read and nothing failed.</summary>
    public readonly bool IsDone => !HasFailed && _rest.IsEmpty;

    /// <summary>Reads one byte.</summary>
    public byte U8() => Take(1) is { Length: 1 } bytes ? bytes[0] : (byte)0;

    /// <summary>Reads a u32.</summary>
    public uint U32() => Take(4) is { Length: 4 } bytes ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : 0;

    /// <summary>Reads an i64.</summary>
    public long I64() => Take(8) is { Length: 8 } bytes ? BinaryPrimitives.ReadInt64LittleEndian(bytes) : 0;

    /// <summary>Reads an f64.</summary>
    public double F64() => BitConverter.Int64BitsToDouble(I64());

    /// <summary>Reads a text.</summary>
    public string Text()
    {
        int length = Take(2) is { Length: 2 } bytes ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : 0;
        return Encoding.UTF8.GetString(Take(length));
    }

    /// <summary>Reads a count of things of at least <paramref name="sizeBytes"/> each, so that a damaged count cannot ask for memory.</summary>
    public int Count(int sizeBytes) => Checked(U32(), (uint)(_rest.Length / sizeBytes));

    /// <summary>Reads an index below <paramref name="count"/>.</summary>
    public int Index(int count)
    {
        uint index = U32();
        HasFailed |= index >= count;
        return HasFailed ? 0 : (int)index;
    }

    private int Checked(uint value, uint most)
    {
        HasFailed |= value > most;
        return HasFailed ? 0 : (int)value;
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        HasFailed |= length > _rest.Length;
        if (HasFailed)
        {
            return [];
        }

        ReadOnlySpan<byte> taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
