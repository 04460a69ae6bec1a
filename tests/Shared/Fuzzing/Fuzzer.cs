using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Tests.Shared.Fuzzing;

/// <summary>A reader, files that it reads, and how to damage them.</summary>
/// <param name="Name">Short, for reports and file names.</param>
/// <param name="Share">Of the time of all targets together (<see cref="Fuzzer.TotalSeconds"/>): 0.1 for a tenth.</param>
/// <param name="Originals">Sound files.</param>
/// <param name="Read">Reads a mutant and uses what it got; returns, or throws a refusal. Anything else is a fault.</param>
/// <param name="IsRefusal">Whether an exception is how this reader refuses a file.</param>
public sealed record FuzzTarget(
    string Name, double Share, IReadOnlyList<byte[]> Originals, Action<byte[]> Read, Func<Exception, bool> IsRefusal)
{
    /// <summary>Each takes a copy of an original and may change it in place. One is chosen for each mutant.</summary>
    public IReadOnlyList<Func<Random, byte[], byte[]>> Mutators { get; init; } = [ByteMutations.Apply];

    /// <summary>A mutant that takes longer is a fault.</summary>
    public TimeSpan MostTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Managed bytes that reading a mutant of a length may allocate on its thread.</summary>
    public Func<int, long> MostAllocated { get; init; } = length => (64L << 20) + 100L * length;

    /// <summary>By how much the peak memory of the process may grow while this target runs.</summary>
    public long MostGrowth { get; init; } = 1L << 30;
}

/// <summary>What became of the mutants.</summary>
public sealed record FuzzCounts(string Name, int Seed, long Mutants, long Read, long Refused, double Seconds, double SlowestSeconds)
{
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture,
        $"{Name}: {Mutants:n0} mutants, {Read:n0} read, {Refused:n0} refused in {Seconds:f0} s, "
        + $"slowest {SlowestSeconds:f2} s (seed {Seed})");
}

/// <summary>
/// Runs targets on seeded mutants, 30 seconds for all of them or as long as DISTILLKIT_FUZZ_SECONDS says. Mutant N of a target is always
/// the same for a DISTILLKIT_FUZZ_SEED; the faulty one is kept under artifacts/fuzz. If the process dies, TARGET.at there names the
/// mutant: DISTILLKIT_FUZZ_FIRST=N starts with it.
/// </summary>
public static class Fuzzer
{
    private const int LongestMessage = 500;

    /// <summary>For all targets together.</summary>
    public static double TotalSeconds { get; } = Number("DISTILLKIT_FUZZ_SECONDS", 30);

    private static string Folder { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../../artifacts/fuzz"));

    /// <summary>Runs a target for its share of the time.</summary>
    /// <exception cref="InvalidOperationException">A mutant is a fault; the message says where it lies and what it does.</exception>
    public static FuzzCounts Run(FuzzTarget target)
    {
        Directory.CreateDirectory(Folder);
        var run = new Execution(target, seed: (int)Number("DISTILLKIT_FUZZ_SEED", 1), first: (long)Number("DISTILLKIT_FUZZ_FIRST", 0));
        var counts = run.Complete();
        Console.WriteLine(counts);
        File.WriteAllText(Path.Combine(Folder, $"{target.Name}.txt"), $"{counts}\n");
        return counts;
    }

    private static double Number(string variable, double otherwise) =>
        double.TryParse(Environment.GetEnvironmentVariable(variable), out var number) ? number : otherwise;

    private static string ThisFile([CallerFilePath] string file = "") => file;

    /// <summary>The thread that reads mutants, and the one that watches it.</summary>
    private sealed class Execution(FuzzTarget target, int seed, long first)
    {
        private readonly long peakBefore = Peak();
        private long index, read, started;
        private byte[] mutant = [];
        private double slowest;
        private volatile string? fault;

        public FuzzCounts Complete()
        {
            var (clock, seconds) = (Stopwatch.StartNew(), TotalSeconds * target.Share);
            index = first;
            var thread = new Thread(() => ReadUntil(clock, seconds)) { IsBackground = true, Name = target.Name };
            Volatile.Write(ref started, Stopwatch.GetTimestamp());
            thread.Start();
            while (!thread.Join(100))
                if (Stopwatch.GetElapsedTime(Volatile.Read(ref started)) > target.MostTime)
                    throw Fault($"takes more than {target.MostTime.TotalSeconds:f0} seconds");
            if (fault is { } what)
                throw Fault(what);
            if (Peak() - peakBefore > target.MostGrowth)
                throw new InvalidOperationException(
                    $"{target.Name}: memory grew by {(Peak() - peakBefore) >> 20} MiB within {index - first} mutants");
            return new(target.Name, seed, index - first, read, index - first - read, clock.Elapsed.TotalSeconds, slowest);
        }

        private void ReadUntil(Stopwatch clock, double seconds)
        {
            using var at = File.OpenHandle(Path.Combine(Folder, $"{target.Name}.at"), FileMode.Create, FileAccess.Write);
            for (; clock.Elapsed.TotalSeconds < seconds && fault is null; index++)
            {
                RandomAccess.Write(at, System.Text.Encoding.ASCII.GetBytes($"{index}\n"), 0);
                var random = new Random(HashCode(seed, index));
                mutant = [.. target.Originals[random.Next(target.Originals.Count)]];
                mutant = target.Mutators[random.Next(target.Mutators.Count)](random, mutant);
                Volatile.Write(ref started, Stopwatch.GetTimestamp());
                fault = Read([.. mutant]);
                slowest = Math.Max(slowest, Stopwatch.GetElapsedTime(started).TotalSeconds);
            }
            if (fault is not null)
                index--;
        }

        /// <returns>What is wrong; null where the mutant was read or refused as it should be.</returns>
        private string? Read(byte[] file)
        {
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                target.Read(file);
                read++;
            }
            catch (Exception e) when (target.IsRefusal(e))
            {
                if (e.Message.Length > LongestMessage || e.Message.Any(char.IsControl))
                    return $"is refused with a message of {e.Message.Length} characters or with control characters: {e.Message}";
            }
            catch (Exception e)
            {
                return $"ends in {e}";
            }
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            return allocated > target.MostAllocated(file.Length) ? $"allocates {allocated:n0} bytes for {file.Length:n0}" : null;
        }

        private InvalidOperationException Fault(string what)
        {
            var path = Path.Combine(Folder, $"{target.Name}-{seed}-{index}.bin");
            File.WriteAllBytes(path, mutant);
            return new($"{target.Name}: mutant {index} of seed {seed}, kept as {path}, {what}");
        }

        /// <summary>The runtime's own hash codes differ from process to process.</summary>
        private static int HashCode(int seed, long index) => (int)((seed * 0x9E3779B1L + index * 0x85EBCA77L) % int.MaxValue);

        private static long Peak()
        {
            using var process = Process.GetCurrentProcess();
            return process.PeakWorkingSet64;
        }
    }
}
