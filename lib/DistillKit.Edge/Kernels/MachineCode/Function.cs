namespace DistillKit.Edge.Kernels.MachineCode;

/// <summary>
/// The beginning and the end of a function with one pointer argument, under the calling convention of this system (System V or Windows
/// x64). In between all general registers but rsp, and all vector and mask registers, are free.
/// </summary>
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
