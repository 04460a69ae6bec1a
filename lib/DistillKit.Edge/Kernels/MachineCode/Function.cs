namespace DistillKit.Edge.Kernels.MachineCode;

/// <summary>The beginning and the end of a function with one pointer argument, under the calling convention of System V or Windows. In
/// between, all registers but rsp are free.</summary>
internal static class Function
{
    private static readonly General[] preserved =
        [General.Rbx, General.Rbp, General.Rsi, General.Rdi, General.R12, General.R13, General.R14, General.R15];

    /// <summary>Windows wants the lower 128 bits of xmm6 to xmm15 back; whole registers are simpler to save.</summary>
    private static int PreservedVectors => OperatingSystem.IsWindows() ? 10 : 0;

    public static void Begin(Assembler code, General argument)
    {
        foreach (var register in preserved) code.Push(register);
        if (PreservedVectors > 0) code.Subtract(General.Rsp, PreservedVectors * 64);
        for (var i = 0; i < PreservedVectors; i++) code.Store(new Memory(General.Rsp, i * 64), new Zmm(6 + i));
        code.Move(argument, OperatingSystem.IsWindows() ? General.Rcx : General.Rdi);
    }

    public static void End(Assembler code)
    {
        code.ZeroUpper();
        for (var i = 0; i < PreservedVectors; i++) code.Load(new Zmm(6 + i), new(General.Rsp, i * 64));
        if (PreservedVectors > 0)
        {
            code.ZeroUpper();
            code.Add(General.Rsp, PreservedVectors * 64);
        }
        foreach (var register in preserved.AsEnumerable().Reverse()) code.Pop(register);
        code.Return();
    }
}

/// <summary>A 64-bit general register, by its number in the encoding.</summary>
internal enum General : byte { Rax, Rcx, Rdx, Rbx, Rsp, Rbp, Rsi, Rdi, R8, R9, R10, R11, R12, R13, R14, R15 }

/// <summary>One of the 32 zmm registers.</summary>
internal readonly record struct Zmm(int Number);

/// <summary>An opmask register. K0 means "no mask".</summary>
internal enum Mask : byte { K0, K1, K2, K3, K4, K5, K6, K7 }

/// <summary>The address base + index * scale + displacement.</summary>
internal readonly record struct Memory(General Base, int Displacement = 0, General? Index = null, int Scale = 1)
{
    public static implicit operator Memory(General register) => new(register);

    public static Memory operator +(Memory memory, int displacement) => memory with { Displacement = memory.Displacement + displacement };
}

/// <summary>A place in the code to jump to.</summary>
internal sealed class Label
{
    public int Position { get; set; } = -1;

    /// <summary>Where the 32-bit distances of jumps made before the place was known are to be written.</summary>
    public List<int> Fixups { get; } = [];
}
