namespace Tests.Shared;

/// <summary>A clock that stands until it is advanced.</summary>
internal sealed class ManualClock : TimeProvider
{
    /// <summary>Milliseconds.</summary>
    public double Now { get; private set; }

    public override long TimestampFrequency => 1_000_000;

    public override long GetTimestamp() => (long)Math.Round(1000 * Now);

    public void Advance(double milliseconds) => Now += milliseconds;
}
