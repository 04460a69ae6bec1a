using DistillKit.Edge.Kernels.MachineCode;
using static DistillKit.Edge.Kernels.MachineCode.General;

namespace DistillKit.Edge.Tests.Kernels;

/// <summary>
/// Each instruction as GNU as encodes it: registers above 7 and 15, bases that need an index byte or a displacement, compressed
/// displacements.
/// </summary>
public sealed class AssemblerTests
{
    public static TheoryData<string, string> Instructions => new()
    {
        { "vpdpbusd zmm3, zmm17, zmm30", "62 92 75 40 50 DE" },
        { "vpdpbusd zmm9, zmm31, [rdx+192]", "62 72 05 40 50 4A 03" },
        { "vpbroadcastd zmm28, [rsi+r9*2]", "62 22 7D 48 58 24 4E" },
        { "vpbroadcastd zmm28, [r13+r8*4+8]", "62 02 7D 48 58 64 85 02" },
        { "vmovdqu32 zmm24, [rdx+64]", "62 61 7E 48 6F 42 01" },
        { "vmovdqu32 [rsp+640], zmm7", "62 F1 7E 48 7F 7C 24 0A" },
        { "vmovdqu8 [rdi]{k2}, zmm20", "62 E1 7F 4A 7F 27" },
        { "vmovups [r12+128]{k3}, zmm1", "62 D1 7C 4B 11 4C 24 02" },
        { "vmovdqa32 zmm1, zmm31", "62 91 7D 48 6F CF" },
        { "vpmuldq zmm16, zmm2, [rbx+100]", "62 E2 ED 48 28 83 64 00 00 00" },
        { "vmovshdup zmm18{k1}, zmm25", "62 81 7E 49 16 D1" },
        { "vpsrlq zmm26, zmm5, 32", "62 F1 AD 40 73 D5 20" },
        { "vpsraw zmm8, zmm19, 1", "62 B1 3D 48 71 E3 01" },
        { "vpackssdw zmm0, zmm8, zmm16", "62 B1 3D 48 6B C0" },
        { "vpackuswb zmm0, zmm8, zmm16", "62 B1 3D 48 67 C0" },
        { "vpaddsw zmm2, zmm3, [rbx]", "62 F1 65 48 ED 13" },
        { "vpmulhrsw zmm2, zmm3, [rbx]", "62 F2 65 48 0B 13" },
        { "vpunpcklbw zmm19, zmm20, zmm21", "62 A1 5D 40 60 DD" },
        { "vpunpckhwd zmm19, zmm20, zmm21", "62 A1 5D 40 69 DD" },
        { "vpermd zmm1, zmm2, zmm3", "62 F2 6D 48 36 CB" },
        { "vshufi32x4 zmm1, zmm22, zmm13, 0x88", "62 D3 4D 40 43 CD 88" },
        { "vcvtdq2ps zmm1, zmm29", "62 91 7C 48 5B CD" },
        { "vmulps zmm1, zmm2, [rbx+4096]", "62 F1 6C 48 59 4B 40" },
        { "vpmaxsd zmm1, zmm2, [rbx]", "62 F2 6D 48 3D 0B" },
        { "vpsllvd zmm1, zmm2, [rbx]", "62 F2 6D 48 47 0B" },
        { "kmovq k3, [r12+8]", "C4 C1 F8 90 5C 24 08" },
        { "push r12", "41 54" },
        { "pop rbp", "5D" },
        { "mov r15, rdi", "49 89 FF" },
        { "add rax, r13", "4C 01 E8" },
        { "sub r8, 1", "49 81 E8 01 00 00 00" },
        { "cmp rax, rcx", "48 39 C8" },
        { "mov r11, [r15+8]", "4D 8B 5F 08" },
        { "lea r9, [r8+r8*2]", "4F 8D 0C 40" },
        { "add [r15+104], rax", "49 01 47 68" },
        { "dec [r15+80]", "49 FF 4F 50" },
        { "prefetcht1 [r14+64]", "41 0F 18 56 40" },
        { "mov [r15], rax", "49 89 07" },
        { "mov r14, 64", "49 C7 C6 40 00 00 00" },
        { "back: jne back; je on; on: ret", "0F 85 FA FF FF FF 0F 84 00 00 00 00 C3" },
    };

    [Theory, MemberData(nameof(Instructions))]
    public void Instructions_are_encoded_like_an_assembler_does(string text, string bytes)
    {
        var code = new Assembler();
        Write(code, text);
        Assert.Equal(bytes, string.Join(' ',
            code.ToArray().Select(value => value.ToString("X2", System.Globalization.CultureInfo.InvariantCulture))));
    }

    private static Zmm Z(int number) => new(number);

    private static void Write(Assembler code, string text)
    {
        switch (text)
        {
            case "vpdpbusd zmm3, zmm17, zmm30": code.DotProduct(Z(3), Z(17), Z(30)); break;
            case "vpdpbusd zmm9, zmm31, [rdx+192]": code.DotProduct(Z(9), Z(31), new Memory(Rdx, 192)); break;
            case "vpbroadcastd zmm28, [rsi+r9*2]": code.Broadcast32(Z(28), new(Rsi, 0, R9, 2)); break;
            case "vpbroadcastd zmm28, [r13+r8*4+8]": code.Broadcast32(Z(28), new(R13, 8, R8, 4)); break;
            case "vmovdqu32 zmm24, [rdx+64]": code.Load(Z(24), new Memory(Rdx, 64)); break;
            case "vmovdqu32 [rsp+640], zmm7": code.Store(new(Rsp, 640), Z(7)); break;
            case "vmovdqu8 [rdi]{k2}, zmm20": code.StoreBytes(Rdi, Mask.K2, Z(20)); break;
            case "vmovups [r12+128]{k3}, zmm1": code.StoreFloats(new(R12, 128), Mask.K3, Z(1)); break;
            case "vmovdqa32 zmm1, zmm31": code.Move(Z(1), Z(31)); break;
            case "vpmuldq zmm16, zmm2, [rbx+100]": code.MultiplyEven(Z(16), Z(2), new(Rbx, 100)); break;
            case "vmovshdup zmm18{k1}, zmm25": code.OddToEven(Z(18), Mask.K1, Z(25)); break;
            case "vpsrlq zmm26, zmm5, 32": code.ShiftRight64(Z(26), Z(5), 32); break;
            case "vpsraw zmm8, zmm19, 1": code.ShiftRightSigned16(Z(8), Z(19), 1); break;
            case "vpackssdw zmm0, zmm8, zmm16": code.Pack32To16(Z(0), Z(8), Z(16)); break;
            case "vpackuswb zmm0, zmm8, zmm16": code.Pack16ToUnsigned8(Z(0), Z(8), Z(16)); break;
            case "vpaddsw zmm2, zmm3, [rbx]": code.AddSaturated16(Z(2), Z(3), Rbx); break;
            case "vpmulhrsw zmm2, zmm3, [rbx]": code.MultiplyRounded16(Z(2), Z(3), Rbx); break;
            case "vpunpcklbw zmm19, zmm20, zmm21": code.InterleaveLow8(Z(19), Z(20), Z(21)); break;
            case "vpunpckhwd zmm19, zmm20, zmm21": code.InterleaveHigh16(Z(19), Z(20), Z(21)); break;
            case "vpermd zmm1, zmm2, zmm3": code.Permute32(Z(1), Z(2), Z(3)); break;
            case "vshufi32x4 zmm1, zmm22, zmm13, 0x88": code.ShuffleLanes(Z(1), Z(22), Z(13), 0x88); break;
            case "vcvtdq2ps zmm1, zmm29": code.ToFloat(Z(1), Z(29)); break;
            case "vmulps zmm1, zmm2, [rbx+4096]": code.MultiplyFloat(Z(1), Z(2), new(Rbx, 4096)); break;
            case "vpmaxsd zmm1, zmm2, [rbx]": code.MaximumSigned32(Z(1), Z(2), Rbx); break;
            case "vpsllvd zmm1, zmm2, [rbx]": code.ShiftLeft32(Z(1), Z(2), Rbx); break;
            case "kmovq k3, [r12+8]": code.LoadMask(Mask.K3, new(R12, 8)); break;
            case "push r12": code.Push(R12); break;
            case "pop rbp": code.Pop(Rbp); break;
            case "mov r15, rdi": code.Move(R15, Rdi); break;
            case "add rax, r13": code.Add(Rax, R13); break;
            case "sub r8, 1": code.Subtract(R8, 1); break;
            case "cmp rax, rcx": code.Compare(Rax, Rcx); break;
            case "mov r11, [r15+8]": code.Load(R11, new Memory(R15, 8)); break;
            case "lea r9, [r8+r8*2]": code.LoadAddress(R9, new(R8, 0, R8, 2)); break;
            case "add [r15+104], rax": code.AddTo(new(R15, 104), Rax); break;
            case "dec [r15+80]": code.SubtractOne(new(R15, 80)); break;
            case "prefetcht1 [r14+64]": code.Prefetch(new(R14, 64)); break;
            case "mov [r15], rax": code.Store(R15, Rax); break;
            case "mov r14, 64": code.LoadImmediate(R14, 64); break;
            default:
                Label back = new(), on = new();
                code.Place(back);
                code.JumpIfNotZero(back);
                code.JumpIfZero(on);
                code.Place(on);
                code.Return();
                break;
        }
    }
}
