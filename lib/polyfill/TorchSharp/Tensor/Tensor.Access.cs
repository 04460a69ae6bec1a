using System.Runtime.CompilerServices;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public TensorAccessor<T> data<T>() where T : unmanaged
        {
            Expect(typeof(T));
            return new(this);
        }

        public T item<T>() where T : unmanaged
        {
            if (numel() != 1) throw new ArgumentException("Number of elements in the tensor must be 1");
            Expect(typeof(T));
            using var local = Local();
            return local.Elements<T>()[0];
        }

        /// <summary>The elements of a contiguous tensor in CPU memory, as raw bytes.</summary>
        public Span<byte> bytes
        {
            get
            {
                if (!is_contiguous()) throw new InvalidOperationException("Bytes() called on non-contiguous tensor.");
                if (device_type != DeviceType.CPU) throw NotOnCpu();
                return Elements<byte>(numel() * ElementSize);
            }
            set
            {
                if (!is_contiguous()) throw new InvalidOperationException("SetBytes() called on non-contiguous tensor.");
                if (value.Length != numel() * ElementSize) throw new ArgumentException("Mismatched data sizes in SetBytes().");
                if (device_type == DeviceType.CPU)
                {
                    value.CopyTo(bytes);
                    return;
                }
                using var local = empty(shape, dtype);
                local.bytes = value;
                copy_(local);
            }
        }

        public static explicit operator float(Tensor value) => value.Number<float>();
        public static explicit operator double(Tensor value) => value.Number<double>();
        public static explicit operator int(Tensor value) => value.Number<int>();
        public static explicit operator long(Tensor value) => value.Number<long>();
        public static explicit operator bool(Tensor value) => value.Number<bool>();

        /// <summary>True when shape and every element are equal: `==` is element-wise, this is not.</summary>
        public bool Equals(Tensor? target) => target is not null && Aten.CallInteger("equal", this, target) != 0;
        public override bool Equals(object? obj) => obj is Tensor tensor && Equals(tensor);
        public override int GetHashCode() => base.GetHashCode();

        public override string ToString() => $"[{string.Join("x", shape)}], type = {dtype}, device = {device}";

        internal T Number<T>() where T : unmanaged
        {
            if (numel() != 1) throw new ArgumentException("Number of elements in the tensor must be 1");
            using var local = Local();
            using var converted = local.to_type(TypeOf(typeof(T)));
            return converted.Elements<T>()[0];
        }

        internal Span<T> Elements<T>() where T : unmanaged => Elements<T>(numel());

        private unsafe Span<T> Elements<T>(long count) where T : unmanaged
        {
            if (count > int.MaxValue) throw new ArgumentException("Span only supports up to int.MaxValue elements.");
            if (count == 0) return [];
            Native.Check(Native.dk_tensor_data(Handle, out var data));
            return new(data, (int)count);
        }

        internal unsafe ref T ElementAt<T>(long offset) where T : unmanaged
        {
            Native.Check(Native.dk_tensor_data(Handle, out var data));
            return ref Unsafe.AsRef<T>((T*)data + offset);
        }

        internal static Exception NotOnCpu() =>
            new InvalidOperationException("Reading data from non-CPU memory is not supported. Move or copy the tensor to the cpu before reading.");

        private Tensor Local() => device_type == DeviceType.CPU ? alias() : cpu();

        private void Expect(Type type)
        {
            if (TypeOf(type) != dtype) throw new ArgumentException($"{type.Name} is not compatible with {dtype}");
        }
    }
}

public static partial class TensorExtensionMethods
{
    public static float ToSingle(this torch.Tensor value) => value.Number<float>();
    public static double ToDouble(this torch.Tensor value) => value.Number<double>();
    public static int ToInt32(this torch.Tensor value) => value.Number<int>();
    public static long ToInt64(this torch.Tensor value) => value.Number<long>();
    public static bool ToBoolean(this torch.Tensor value) => value.Number<bool>();
}
