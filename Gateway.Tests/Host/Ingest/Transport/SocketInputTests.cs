using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Gateway.Host.Ingest.Transport;
using Microsoft.AspNetCore.Connections;

namespace Gateway.Tests.Host.Ingest.Transport;

/// <summary>
/// The reading half of a plaintext connection, over real sockets: whatever pieces the bytes come in, whatever of them the reader leaves, and
/// whenever the kernel's word that there is something to read comes (late, twice, or for bytes that were read already), nothing is lost.
/// </summary>
public sealed class SocketInputTests : IDisposable
{
    private readonly Socket _near;
    private readonly Socket _far;
    private readonly SocketInput _input;

    public SocketInputTests()
    {
        using Socket listener = new(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        listener.Listen();
        _far = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _far.Connect(listener.LocalEndPoint!);
        _near = listener.Accept();
        _near.Blocking = false;
        _input = new SocketInput(_near);
    }

    [Fact]
    public async Task Word_of_bytes_that_were_read_already_leaves_what_the_reader_has_left()
    {
        Send([1, 2, 3]);
        ReadResult part = await ToldAsync();
        Assert.Equal([1, 2, 3], part.Buffer.ToArray());
        _input.AdvanceTo(part.Buffer.GetPosition(1), part.Buffer.End); // one packet taken, the next is not whole

        ReadResult nothing = await ToldAsync();
        Assert.Equal([2, 3], nothing.Buffer.ToArray());
        _input.AdvanceTo(nothing.Buffer.Start, nothing.Buffer.End);

        Send([4]);
        ReadResult whole = await ToldAsync();
        Assert.Equal([2, 3, 4], whole.Buffer.ToArray());
        _input.AdvanceTo(whole.Buffer.End);
    }

    [Fact]
    public async Task A_canceled_read_tells_what_is_held_and_loses_nothing()
    {
        Send([1, 2]);
        ReadResult part = await ToldAsync();
        _input.AdvanceTo(part.Buffer.Start, part.Buffer.End);
        ValueTask<ReadResult> waiting = _input.ReadAsync();
        _input.CancelPendingRead();
        ReadResult canceled = await waiting;
        Assert.True(canceled.IsCanceled);
        Assert.Equal([1, 2], canceled.Buffer.ToArray());
        _input.AdvanceTo(canceled.Buffer.Start, canceled.Buffer.End);
        Send([3]);
        Assert.Equal([1, 2, 3], (await ToldAsync()).Buffer.ToArray());
    }

    [Fact]
    public async Task The_end_comes_behind_the_last_bytes()
    {
        Send([7, 8]);
        _far.Shutdown(SocketShutdown.Send);
        WaitUntilReadable();
        _input.BecameReadable(hasHungUp: true);
        ReadResult last = await _input.ReadAsync();
        Assert.Equal([7, 8], last.Buffer.ToArray());
        _input.AdvanceTo(last.Buffer.Start, last.Buffer.End);
        ReadResult end = await _input.ReadAsync();
        Assert.True(end.IsCompleted);
        Assert.Equal([7, 8], end.Buffer.ToArray());
    }

    [Fact]
    public async Task A_reset_is_an_error()
    {
        _far.LingerState = new LingerOption(enable: true, seconds: 0);
        _far.Dispose();
        WaitUntilReadable();
        _input.BecameReadable(hasHungUp: true);
        await Assert.ThrowsAsync<ConnectionResetException>(async () => await _input.ReadAsync());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Every_byte_arrives_once_and_in_order(int seed)
    {
        const long All = 2_000_000;
        Random random = new(seed);
        long sent = 0;
        long taken = 0;
        while (taken < All)
        {
            if (sent < All)
            {
                byte[] bytes = new byte[random.Next(1, (int)Math.Min(All - sent, 1 << random.Next(1, 18)) + 1)];
                for (int i = 0; i < bytes.Length; i++)
                {
                    bytes[i] = (byte)(sent++ % 251);
                }

                Send(bytes);
            }

            bool isUnderWay;
            do
            {
                isUnderWay = _near.Available > 0;
                ValueTask<ReadResult> reading = _input.ReadAsync();
                if (isUnderWay || random.Next(2) == 0)
                {
                    _input.BecameReadable(hasHungUp: false); // needed, or late, or for nothing
                }

                if (!reading.IsCompleted)
                {
                    _input.CancelPendingRead();
                }

                ReadResult result = await reading;
                byte[] seen = result.Buffer.ToArray();
                for (int i = 0; i < seen.Length; i++)
                {
                    Assert.Equal((byte)((taken + i) % 251), seen[i]);
                }

                int some = sent == All && !isUnderWay ? seen.Length : random.Next(seen.Length + 1);
                taken += some;
                SequencePosition consumed = result.Buffer.GetPosition(some);
                _input.AdvanceTo(consumed, random.Next(3) == 0 ? consumed : result.Buffer.End);
            }
            while (isUnderWay);
        }

        Assert.Equal(All, taken);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _input.Complete();
        _near.Dispose();
        _far.Dispose();
    }

    private void Send(byte[] bytes)
    {
        for (int sent = 0; sent < bytes.Length;)
        {
            sent += _far.Send(bytes.AsSpan(sent));
        }

        WaitUntilReadable();
    }

    private void WaitUntilReadable() => Assert.True(_near.Poll(TimeSpan.FromSeconds(30), SelectMode.SelectRead));

    /// <summary>Reads as a connection does: the reader waits, then comes the kernel's word.</summary>
    private async Task<ReadResult> ToldAsync()
    {
        ValueTask<ReadResult> reading = _input.ReadAsync();
        Assert.False(reading.IsCompleted);
        _input.BecameReadable(hasHungUp: false);
        return await reading;
    }
}
