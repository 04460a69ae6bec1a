namespace DistillKit.Data;

/// <summary>How far a long step has come.</summary>
/// <param name="Step">What is being done, for people.</param>
/// <param name="Done">How much is done, in bytes or files.</param>
/// <param name="Total">How much there is to do; 0 when that is not known.</param>
public readonly record struct DataProgress(string Step, long Done = 0, long Total = 0);
