namespace DistillKit.Edge.Kernels.MachineCode;

/// <summary>The 512-bit instructions that the kernels need, EVEX encoded.</summary>
internal sealed partial class Assembler
{
    /// <summary>The bytes that used to be prefixes: pp and the opcode map in the encoding.</summary>
    private enum Prefix { None, Byte66, ByteF3, ByteF2 }

    private enum Map { Map0F = 1, Map0F38 = 2, Map0F3A = 3 }

    private const int Bytes = 64;

    public void Load(Zmm to, Memory from) => Vector(Prefix.ByteF3, Map.Map0F, 0, 0x6F, to, default, from, Bytes);
    public void Store(Memory to, Zmm from) => Vector(Prefix.ByteF3, Map.Map0F, 0, 0x7F, from, default, to, Bytes);
    public void StoreBytes(Memory to, Mask mask, Zmm from) => Vector(Prefix.ByteF2, Map.Map0F, 0, 0x7F, from, default, to, Bytes, mask);
    public void StoreFloats(Memory to, Mask mask, Zmm from) => Vector(Prefix.None, Map.Map0F, 0, 0x11, from, default, to, Bytes, mask);
    public void Move(Zmm to, Zmm from) => Vector(Prefix.Byte66, Map.Map0F, 0, 0x6F, to, default, from);

    /// <summary>32 bits of memory into each of the 16 elements.</summary>
    public void Broadcast32(Zmm to, Memory from) => Vector(Prefix.Byte66, Map.Map0F38, 0, 0x58, to, default, from, 4);

    /// <summary>sum[i] += u8 activations[4i..4i+3] . s8 weights[4i..4i+3], without saturation between: AVX512_VNNI's VPDPBUSD.</summary>
    public void DotProduct(Zmm sum, Zmm activations, Zmm weights) => Vector(Prefix.Byte66, Map.Map0F38, 0, 0x50, sum, activations, weights);

    /// <inheritdoc cref="DotProduct(Zmm, Zmm, Zmm)"/>
    public void DotProduct(Zmm sum, Zmm activations, Memory weights) =>
        Vector(Prefix.Byte66, Map.Map0F38, 0, 0x50, sum, activations, weights, Bytes);

    /// <summary>64-bit products of the even 32-bit elements.</summary>
    public void MultiplyEven(Zmm to, Zmm left, Memory right) => Vector(Prefix.Byte66, Map.Map0F38, 1, 0x28, to, left, right, Bytes);

    /// <summary>Each odd 32-bit element to the even place before it (and to its own), where the mask allows.</summary>
    public void OddToEven(Zmm to, Mask mask, Zmm from) => Vector(Prefix.ByteF3, Map.Map0F, 0, 0x16, to, default, from, mask);
    public void ShiftRight64(Zmm to, Zmm from, byte bits) => Shift(1, 0x73, 2, to, from, bits);
    public void ShiftRightSigned16(Zmm to, Zmm from, byte bits) => Shift(0, 0x71, 4, to, from, bits);
    public void ShiftLeft32(Zmm to, Zmm from, Memory bits) => Vector(Prefix.Byte66, Map.Map0F38, 0, 0x47, to, from, bits, Bytes);
    public void MaximumSigned32(Zmm to, Zmm left, Memory right) => Vector(Prefix.Byte66, Map.Map0F38, 0, 0x3D, to, left, right, Bytes);
    public void MinimumSigned32(Zmm to, Zmm left, Memory right) => Vector(Prefix.Byte66, Map.Map0F38, 0, 0x39, to, left, right, Bytes);

    /// <summary>In each 128-bit lane: the left's 4 elements as 16-bit ones, then the right's, saturated.</summary>
    public void Pack32To16(Zmm to, Zmm left, Zmm right) => Vector(Prefix.Byte66, Map.Map0F, 0, 0x6B, to, left, right);

    /// <summary>In each 128-bit lane: the left's 8 elements as unsigned bytes, then the right's, saturated.</summary>
    public void Pack16ToUnsigned8(Zmm to, Zmm left, Zmm right) => Vector(Prefix.Byte66, Map.Map0F, 0, 0x67, to, left, right);
    public void AddSaturated16(Zmm to, Zmm left, Memory right) => Vector(Prefix.Byte66, Map.Map0F, 0, 0xED, to, left, right, Bytes);

    /// <summary>(left * right + 2^14) >> 15.</summary>
    public void MultiplyRounded16(Zmm to, Zmm left, Memory right) => Vector(Prefix.Byte66, Map.Map0F38, 0, 0x0B, to, left, right, Bytes);
    public void MaximumUnsigned8(Zmm to, Zmm left, Memory right) => Vector(Prefix.Byte66, Map.Map0F, 0, 0xDE, to, left, right, Bytes);
    public void MinimumUnsigned8(Zmm to, Zmm left, Memory right) => Vector(Prefix.Byte66, Map.Map0F, 0, 0xDA, to, left, right, Bytes);

    /// <summary>In each 128-bit lane: left's and right's bytes in turn, of the lane's lower half.</summary>
    public void InterleaveLow8(Zmm to, Zmm left, Zmm right) => Vector(Prefix.Byte66, Map.Map0F, 0, 0x60, to, left, right);
    public void InterleaveHigh8(Zmm to, Zmm left, Zmm right) => Vector(Prefix.Byte66, Map.Map0F, 0, 0x68, to, left, right);
    public void InterleaveLow16(Zmm to, Zmm left, Zmm right) => Vector(Prefix.Byte66, Map.Map0F, 0, 0x61, to, left, right);
    public void InterleaveHigh16(Zmm to, Zmm left, Zmm right) => Vector(Prefix.Byte66, Map.Map0F, 0, 0x69, to, left, right);

    /// <summary>to[i] = from[order[i]], for 32-bit elements.</summary>
    public void Permute32(Zmm to, Zmm order, Zmm from) => Vector(Prefix.Byte66, Map.Map0F38, 0, 0x36, to, order, from);

    /// <summary>Two 128-bit lanes of the left, then two of the right; two bits of <paramref name="lanes"/> choose each.</summary>
    public void ShuffleLanes(Zmm to, Zmm left, Zmm right, byte lanes)
    {
        Vector(Prefix.Byte66, Map.Map0F3A, 0, 0x43, to, left, right);
        code.Add(lanes);
    }

    public void ToFloat(Zmm to, Zmm from) => Vector(Prefix.None, Map.Map0F, 0, 0x5B, to, default, from);
    public void MultiplyFloat(Zmm to, Zmm left, Memory right) => Vector(Prefix.None, Map.Map0F, 0, 0x59, to, left, right, Bytes);
    public void AddFloat(Zmm to, Zmm left, Memory right) => Vector(Prefix.None, Map.Map0F, 0, 0x58, to, left, right, Bytes);
    public void MaximumFloat(Zmm to, Zmm left, Memory right) => Vector(Prefix.None, Map.Map0F, 0, 0x5F, to, left, right, Bytes);
    public void MinimumFloat(Zmm to, Zmm left, Memory right) => Vector(Prefix.None, Map.Map0F, 0, 0x5D, to, left, right, Bytes);

    /// <summary>64 bits of memory, of which a mask for bytes uses all.</summary>
    public void LoadMask(Mask to, Memory from)
    {
        byte extensions = (byte)(0xE0 ^ Extension((int)(from.Index ?? 0)) << 6 ^ Extension((int)from.Base) << 5);
        code.AddRange([0xC4, (byte)(extensions | 1), 0xF8, 0x90]);
        Address((int)to, from, 1);
    }

    /// <summary>The 16-bit mask of elements 0, 2, 4, ...; changes rax.</summary>
    public void LoadEvenElementsMask(Mask to) => code.AddRange([0xB8, 0x55, 0x55, 0, 0, 0xC5, 0xF8, 0x92, (byte)(0xC0 | (int)to << 3)]);

    /// <summary>Clears the upper parts of the vector registers, without which later SSE instructions would be slow.</summary>
    public void ZeroUpper() => code.AddRange([0xC5, 0xF8, 0x77]);

    private void Shift(int wide, byte opcode, int operation, Zmm to, Zmm from, byte bits)
    {
        Vector(Prefix.Byte66, Map.Map0F, wide, opcode, new(operation), to, from);
        code.Add(bits);
    }

    private void Vector(Prefix prefix, Map map, int wide, byte opcode, Zmm register, Zmm second, Zmm third, Mask mask = Mask.K0)
    {
        Evex(prefix, map, wide, register, second, Extension(third.Number) | third.Number >> 4 << 1, mask);
        code.Add(opcode);
        code.Add((byte)(0xC0 | (register.Number & 7) << 3 | (third.Number & 7)));
    }

    private void Vector(Prefix prefix, Map map, int wide, byte opcode, Zmm register, Zmm second, Memory third, int unit,
        Mask mask = Mask.K0)
    {
        Evex(prefix, map, wide, register, second, Extension((int)third.Base) | Extension((int)(third.Index ?? 0)) << 1, mask);
        code.Add(opcode);
        Address(register.Number, third, unit);
    }

    /// <summary>The EVEX prefix (section 2.7.1) of a 512-bit instruction that merges under its mask. Register bits are inverted.</summary>
    /// <param name="wide">W: 1 for 64-bit elements.</param>
    /// <param name="register">In ModRM.reg; the second one is in vvvv.</param>
    /// <param name="third">The two extension bits of ModRM.rm: X (bit 1) and B (bit 0).</param>
    private void Evex(Prefix prefix, Map map, int wide, Zmm register, Zmm second, int third, Mask mask)
    {
        var registers = Extension(register.Number) << 7 | third << 5 | (register.Number >> 4) << 4;
        code.Add(0x62);
        code.Add((byte)(registers ^ 0xF0 | (int)map));
        code.Add((byte)(wide << 7 | (~second.Number & 15) << 3 | 4 | (int)prefix));
        code.Add((byte)(0x40 | (second.Number < 16 ? 8 : 0) | (int)mask));
    }
}
