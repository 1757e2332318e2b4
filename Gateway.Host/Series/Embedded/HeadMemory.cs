using System.Numerics;

namespace Gateway.Host.Series.Embedded;

/// <summary>
/// Arrays for heads, kept from one flush to the next: a steady stream of readings allocates nothing. It holds no more than the heads did at
/// their largest. Safe for threads.
/// </summary>
internal sealed class HeadMemory
{
    private readonly Shelf<long> _times = new();
    private readonly Shelf<double> _values = new();

    /// <summary>At least so many times; what they are is undefined.</summary>
    public long[] RentTimes(int count) => _times.Rent(count);

    /// <summary>At least so many values; what they are is undefined.</summary>
    public double[] RentValues(int count) => _values.Rent(count);

    /// <summary>Gives arrays back; nobody may use them any more.</summary>
    public void Return(long[] times, double[] values)
    {
        _times.Return(times);
        _values.Return(values);
    }

    /// <summary>Arrays by the power of two that is their length.</summary>
    private sealed class Shelf<T>
    {
        private readonly Stack<T[]>[] _free = [.. Enumerable.Range(0, 31).Select(_ => new Stack<T[]>())];

        public T[] Rent(int count)
        {
            Stack<T[]> free = _free[BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, count)))];
            lock (free)
            {
                if (free.TryPop(out T[]? array))
                {
                    return array;
                }
            }

            return GC.AllocateUninitializedArray<T>((int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, count)));
        }

        public void Return(T[] array)
        {
            if (array.Length == 0)
            {
                return;
            }

            Stack<T[]> free = _free[BitOperations.Log2((uint)array.Length)];
            lock (free)
            {
                free.Push(array);
            }
        }
    }
}
