namespace TorchSharp;

public static partial class torch
{
    /// <summary>A tensor of libtorch: it owns one reference to a TensorImpl.</summary>
    public partial class Tensor : IDisposable
    {
        private nint _handle;

        internal Tensor(nint handle)
        {
            _handle = handle;
            DisposeScope.Current?.Attach(this);
        }

        ~Tensor() => Dispose(false);

        internal static Tensor? FromNative(nint handle) => handle == 0 ? null : new(handle);

        internal DisposeScope? OwningDisposeScope { get; set; }

        public nint Handle => _handle != 0 ? _handle : throw new InvalidOperationException("Tensor invalid -- empty handle.");
        public bool IsInvalid => _handle == 0;
        public string? name { get; set; }

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            if (_handle == 0) return;
            if (disposing) OwningDisposeScope?.MarkAsDisposed(this);
            Native.dk_tensor_release(_handle);
            _handle = 0;
        }

        public Tensor MoveToOuterDisposeScope()
        {
            OwningDisposeScope?.MoveToOuter(this);
            return this;
        }

        public Tensor DetachFromDisposeScope()
        {
            OwningDisposeScope?.Detach(this);
            return this;
        }

        public long ndim => Describe().Rank;
        public long Dimensions => ndim;
        public long dim() => ndim;
        public long numel() => Describe().Count;
        public long NumberOfElements => numel();
        public long ElementSize => SizeOf(dtype);
        public long element_size() => ElementSize;

        public long[] shape => Shape().Sizes;
        public long[] size() => shape;
        public long size(int dim) => shape[dim < 0 ? dim + (int)ndim : dim];
        public long[] stride() => Shape().Strides;
        public long stride(int dim) => stride()[dim < 0 ? dim + (int)ndim : dim];
        public bool is_contiguous()
        {
            var (sizes, strides) = Shape();
            long expected = 1;
            for (var i = sizes.Length - 1; i >= 0; expected *= sizes[i--])
            {
                if (sizes[i] != 1 && strides[i] != expected) return false;
            }
            return true;
        }

        public ScalarType dtype => Describe().Type;
        public Device device => Describe().Device;
        public DeviceType device_type => device.type;
        public int device_index => device.index;
        public bool is_floating_point() => dtype is ScalarType.Float16 or ScalarType.Float32 or ScalarType.Float64 or ScalarType.BFloat16;
        public bool is_leaf => Describe().IsLeaf;

        public bool requires_grad
        {
            get => Describe().RequiresGradient;
            set => Native.Check(Native.dk_tensor_require_grad(Handle, Native.Flag(value)), "requires_grad");
        }

        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        public Tensor? grad
        {
            get
            {
                Native.Check(Native.dk_tensor_grad(Handle, out var gradient));
                return FromNative(gradient);
            }
            set => Native.Check(Native.dk_tensor_set_grad(Handle, value?.Handle ?? 0), "grad");
        }

        public void backward() => autograd.backward([this]);

        public void backward(IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false,
            IList<Tensor>? inputs = null) =>
            autograd.backward([this], grad_tensors, retain_graph, create_graph, inputs);

        /// <summary>Another wrapper of the same TensorImpl, with a lifetime of its own.</summary>
        public Tensor alias()
        {
            Native.dk_tensor_retain(Handle);
            return new(_handle);
        }

        public Tensor detach() => Aten.Call("detach", this);
        public Tensor detach_()
        {
            Aten.Run("detach_", this);
            return this;
        }

        /// <summary>Makes this tensor show another one's data, keeping its identity (as assigning to `.data` does in PyTorch).</summary>
        internal void SetData(Tensor value) => Native.Check(Native.dk_tensor_set_data(Handle, value.Handle), "set_data");

        private unsafe (long Rank, ScalarType Type, Device Device, bool RequiresGradient, bool IsLeaf, long Count) Describe()
        {
            var words = stackalloc long[7];
            Native.Check(Native.dk_tensor_describe(Handle, words));
            var where = words[2] == 0 ? CPU : new Device((DeviceType)words[2], (int)words[3]);
            return (words[0], (ScalarType)words[1], where, words[4] != 0, words[5] != 0, words[6]);
        }

        private unsafe (long[] Sizes, long[] Strides) Shape()
        {
            var rank = ndim;
            var sizes = new long[rank];
            var strides = new long[rank];
            fixed (long* s = sizes, t = strides) Native.Check(Native.dk_tensor_shape(Handle, s, t));
            return (sizes, strides);
        }

        internal static long SizeOf(ScalarType type) => type switch
        {
            ScalarType.Byte or ScalarType.Int8 or ScalarType.Bool => 1,
            ScalarType.Int16 or ScalarType.Float16 or ScalarType.BFloat16 => 2,
            ScalarType.Int32 or ScalarType.Float32 => 4,
            _ => 8,
        };
    }
}
