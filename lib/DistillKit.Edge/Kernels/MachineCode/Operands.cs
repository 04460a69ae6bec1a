namespace DistillKit.Edge.Kernels.MachineCode;

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
