using BenchmarkDotNet.Attributes;
using Gateway.Rules.Evaluation;
using Timer = Gateway.Rules.Evaluation.Timer;

namespace Gateway.Benchmarks;

/// <summary>
/// The timing wheel beside the binary heap it replaced, with as many timers armed throughout, due within the hour. An operation is a whole
/// one: arms a timer and cancels or takes another, and asks which is next, as the engine does with every row. The wheel's source is
/// compiled into this project, for it is nobody else's business.
/// </summary>
[MemoryDiagnoser]
public class TimersBenchmarks
{
    private const int OperationsPerCall = 4096;
    private const int HourMs = 3_600_000;

    private readonly Random _random = new(1);
    private TimerWheel _wheel = null!;
    private TimerHeap _heap = null!;
    private int[] _handles = [];
    private int _oldest;
    private long _nowMs;

    [Params(1000, 100_000, 1_000_000)]
    public int Armed { get; set; }

    [GlobalSetup(Targets = [nameof(WheelArmAndCancelAny), nameof(WheelArmAndExpire)])]
    public void SetupWheel() => Setup(device => _wheel.Arm(NewTimer(device)));

    [GlobalSetup(Targets = [nameof(HeapArmAndCancelAny), nameof(HeapArmAndExpire)])]
    public void SetupHeap() => Setup(device => _heap.Arm(NewTimer(device)));

    [GlobalSetup(Target = nameof(WheelArmAndCancelOldest))]
    public void SetupWheelInOrder() => Setup(device => _wheel.Arm(NewTimerInOrder(device)));

    [GlobalSetup(Target = nameof(HeapArmAndCancelOldest))]
    public void SetupHeapInOrder() => Setup(device => _heap.Arm(NewTimerInOrder(device)));

    /// <summary>A timer taken at random is cancelled and armed anew.</summary>
    [Benchmark(OperationsPerInvoke = OperationsPerCall)]
    public bool WheelArmAndCancelAny()
    {
        bool isDue = false;
        for (int i = 0; i < OperationsPerCall; i++)
        {
            int device = _random.Next(Armed);
            _wheel.Cancel(_handles[device]);
            _handles[device] = _wheel.Arm(NewTimer(device));
            isDue |= _wheel.TryTake(_nowMs, out _);
        }

        return isDue;
    }

    /// <inheritdoc cref="WheelArmAndCancelAny" />
    [Benchmark(OperationsPerInvoke = OperationsPerCall)]
    public bool HeapArmAndCancelAny()
    {
        bool isDue = false;
        for (int i = 0; i < OperationsPerCall; i++)
        {
            int device = _random.Next(Armed);
            _heap.Cancel(_handles[device]);
            _handles[device] = _heap.Arm(NewTimer(device));
            isDue |= _heap.TryTake(_nowMs, out _);
        }

        return isDue;
    }

    /// <summary>Timers of equal length, of which always the first is cancelled before it is due: each time another comes first.</summary>
    [Benchmark(OperationsPerInvoke = OperationsPerCall)]
    public bool WheelArmAndCancelOldest()
    {
        bool isDue = false;
        for (int i = 0; i < OperationsPerCall; i++)
        {
            int device = NextOldest();
            _wheel.Cancel(_handles[device]);
            _handles[device] = _wheel.Arm(NewTimerInOrder(device));
            isDue |= _wheel.TryTake(_nowMs, out _);
        }

        return isDue;
    }

    /// <inheritdoc cref="WheelArmAndCancelOldest" />
    [Benchmark(OperationsPerInvoke = OperationsPerCall)]
    public bool HeapArmAndCancelOldest()
    {
        bool isDue = false;
        for (int i = 0; i < OperationsPerCall; i++)
        {
            int device = NextOldest();
            _heap.Cancel(_handles[device]);
            _handles[device] = _heap.Arm(NewTimerInOrder(device));
            isDue |= _heap.TryTake(_nowMs, out _);
        }

        return isDue;
    }

    /// <summary>Time passes to the next timer, which is taken and armed anew.</summary>
    [Benchmark(OperationsPerInvoke = OperationsPerCall)]
    public long WheelArmAndExpire()
    {
        for (int i = 0; i < OperationsPerCall; i++)
        {
            _nowMs = _wheel.NextDueMs;
            _wheel.TryTake(_nowMs, out Timer timer);
            _wheel.Arm(NewTimer(timer.Device));
        }

        return _nowMs;
    }

    /// <inheritdoc cref="WheelArmAndExpire" />
    [Benchmark(OperationsPerInvoke = OperationsPerCall)]
    public long HeapArmAndExpire()
    {
        for (int i = 0; i < OperationsPerCall; i++)
        {
            _nowMs = _heap.NextDueMs;
            _heap.TryTake(_nowMs, out Timer timer);
            _heap.Arm(NewTimer(timer.Device));
        }

        return _nowMs;
    }

    private void Setup(Func<int, int> arm)
    {
        _nowMs = 1_769_504_400_000;
        _wheel = new TimerWheel();
        _heap = new TimerHeap();
        _oldest = -1;
        _handles = new int[Armed];
        for (int device = 0; device < Armed; device++)
        {
            _handles[device] = arm(device);
        }
    }

    private Timer NewTimer(int device) => new(_nowMs + _random.Next(1, HourMs), device % 10, device, 0);

    // A millisecond between one timer and the next; time follows, a rule's length behind.
    private Timer NewTimerInOrder(int device) => new(++_nowMs + (2L * Armed), device % 10, device, 0);

    private int NextOldest() => _oldest = _oldest + 1 < Armed ? _oldest + 1 : 0;
}
