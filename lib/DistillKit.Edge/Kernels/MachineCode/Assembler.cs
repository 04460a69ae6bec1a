using System.Buffers.Binary;

namespace DistillKit.Edge.Kernels.MachineCode;

/// <summary>Writes x86-64 machine code, as the Intel 64 and IA-32 Architectures Software Developer's Manual has it (volume 2).</summary>
internal sealed partial class Assembler
{
    private readonly List<byte> code = [];

    public byte[] ToArray() => [.. code];
    public void Push(General register) => Emit(0x41, register >= General.R8).Add((byte)(0x50 | ((int)register & 7)));
    public void Pop(General register) => Emit(0x41, register >= General.R8).Add((byte)(0x58 | ((int)register & 7)));
    public void Return() => code.Add(0xC3);
    public void Move(General to, General from) => Arithmetic(0x89, from, to);
    public void Add(General to, General from) => Arithmetic(0x01, from, to);
    public void Compare(General left, General right) => Arithmetic(0x39, right, left);
    public void Add(General to, int value) => Immediate(0, to, value);

    /// <summary>Sets the zero flag when the result is 0.</summary>
    public void Subtract(General to, int value) => Immediate(5, to, value);

    /// <summary>Sets the zero flag when the result is 0.</summary>
    public void SubtractOne(Memory number) => WithMemory(0xFF, (General)1, number);
    public void Load(General to, Memory from) => WithMemory(0x8B, to, from);
    public void Add(General to, Memory from) => WithMemory(0x03, to, from);

    public void LoadImmediate(General to, int value)
    {
        code.AddRange([(byte)(0x48 | Extension((int)to)), 0xC7, (byte)(0xC0 | ((int)to & 7))]);
        Emit32(value);
    }

    public void Store(Memory to, General value) => WithMemory(0x89, value, to);
    public void AddTo(Memory to, General value) => WithMemory(0x01, value, to);
    public void LoadAddress(General to, Memory address) => WithMemory(0x8D, to, address);

    /// <summary>Asks for a cache line to be brought into the second-level cache; never faults.</summary>
    public void Prefetch(Memory line)
    {
        Emit((byte)(0x40 | Extension((int)line.Base) | Extension((int)(line.Index ?? 0)) << 1), true).AddRange([0x0F, 0x18]);
        Address(2, line, 1);
    }

    public void Place(Label label)
    {
        label.Position = code.Count;
        foreach (var fixup in label.Fixups) WriteDistance(fixup, label.Position);
    }

    /// <summary>Jumps if the last result was not 0.</summary>
    public void JumpIfNotZero(Label label) => Jump([0x0F, 0x85], label);
    public void JumpIfZero(Label label) => Jump([0x0F, 0x84], label);

    /// <summary>Jumps if the last comparison, of unsigned numbers, found left >= right.</summary>
    public void JumpIfAboveOrEqual(Label label) => Jump([0x0F, 0x83], label);
    public void Jump(Label label) => Jump([0xE9], label);

    /// <summary>Fills up to a multiple of 32 bytes with do-nothing instructions: loops start at a line of decoded instructions.</summary>
    public void Align()
    {
        ReadOnlySpan<byte> longest = [0x66, 0x0F, 0x1F, 0x84, 0, 0, 0, 0, 0];
        var missing = -code.Count & 31;
        for (; missing >= longest.Length; missing -= longest.Length) code.AddRange(longest);
        for (; missing > 0; missing--) code.Add(0x90);
    }

    private List<byte> Emit(byte value, bool condition)
    {
        if (condition) code.Add(value);
        return code;
    }

    private static int Extension(int register) => register >> 3 & 1;

    private void Arithmetic(byte opcode, General register, General other) =>
        code.AddRange([(byte)(0x48 | Extension((int)register) << 2 | Extension((int)other)), opcode,
            (byte)(0xC0 | ((int)register & 7) << 3 | ((int)other & 7))]);

    private void Immediate(int operation, General to, int value)
    {
        code.AddRange([(byte)(0x48 | Extension((int)to)), 0x81, (byte)(0xC0 | operation << 3 | ((int)to & 7))]);
        Emit32(value);
    }

    private void WithMemory(byte opcode, General register, Memory memory)
    {
        code.Add((byte)(0x48 | Extension((int)register) << 2 | Extension((int)(memory.Index ?? 0)) << 1 | Extension((int)memory.Base)));
        code.Add(opcode);
        Address((int)register, memory, 1);
    }

    /// <summary>The ModRM byte and what follows it. An 8-bit displacement counts units (of 1 byte, but in EVEX instructions).</summary>
    private void Address(int register, Memory memory, int unit)
    {
        var isShort = memory.Displacement % unit == 0 && memory.Displacement / unit is >= sbyte.MinValue and <= sbyte.MaxValue;
        var mode = memory.Displacement == 0 && ((int)memory.Base & 7) != 5 ? 0 : isShort ? 1 : 2;
        var needsIndexByte = memory.Index != null || ((int)memory.Base & 7) == 4;
        code.Add((byte)(mode << 6 | (register & 7) << 3 | (needsIndexByte ? 4 : (int)memory.Base & 7)));
        if (needsIndexByte)
        {
            var index = memory.Index is { } used ? (int)used & 7 : 4;
            code.Add((byte)(int.Log2(memory.Scale) << 6 | index << 3 | ((int)memory.Base & 7)));
        }
        if (mode == 1) code.Add((byte)(memory.Displacement / unit));
        if (mode == 2) Emit32(memory.Displacement);
    }

    private void Emit32(int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        code.AddRange(bytes);
    }

    private void Jump(ReadOnlySpan<byte> opcode, Label label)
    {
        code.AddRange(opcode);
        var fixup = code.Count;
        Emit32(0);
        if (label.Position >= 0) WriteDistance(fixup, label.Position);
        else label.Fixups.Add(fixup);
    }

    private void WriteDistance(int fixup, int target)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, target - (fixup + 4));
        for (var i = 0; i < 4; i++) code[fixup + i] = bytes[i];
    }
}
