using System.Diagnostics.CodeAnalysis;

namespace DistillKit;

/// <summary>What a process has to settle before libtorch is loaded into it, wherever it runs: in a program, a test or a notebook's kernel.
/// It happens as soon as anything of this library is used; whoever calls TorchSharp before that calls <see cref="Prepare"/> first. Linux
/// with glibc only; elsewhere it does nothing.</summary>
public static class Engine
{
    private const int TrimThreshold = -1, TopPad = -2, MostMaps = -4;

    private static readonly Lazy<bool> Prepared = new(() =>
    {
        if (!OperatingSystem.IsLinux()) return false;
        try
        {
            // Threads that wait for each other must not spin: beside one other busy process training would fall to a seventh.
            SetVariable("OMP_WAIT_POLICY", "passive", overwrite: 0);
            // Freed tensors stay with the process. By default glibc gives each large block back, and every step pays for its pages again.
            return SetOption(MostMaps, 0) + SetOption(TrimThreshold, -1) + SetOption(TopPad, 64 << 20) == 3;
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            // Another C library than glibc.
            return false;
        }
    });

    /// <summary>Held by whoever seeds the engine's random numbers and draws from them: the generator is the process's, and trainings may
    /// run side by side.</summary>
    public static Lock Seeding { get; } = new();

    /// <summary>Prepares the process, once. False where the system offers nothing of the kind.</summary>
    public static bool Prepare() => Prepared.Value;

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "The only moment that is certain to come before libtorch is loaded.")]
    internal static void AtLoad() => Prepare();

    // Not Environment.SetEnvironmentVariable, which native code does not see.
    [DllImport("libc.so.6", EntryPoint = "setenv", BestFitMapping = false)]
    private static extern int SetVariable(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string name, [MarshalAs(UnmanagedType.LPUTF8Str)] string value, int overwrite);

    [DllImport("libc.so.6", EntryPoint = "mallopt")]
    private static extern int SetOption(int option, int value);
}
