using System.Runtime.CompilerServices;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        [IndexerName("TensorItems")]
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1]
        {
            get => select(0, i1);
            set => select(0, i1).copy_(value);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2]
        {
            get => select(0, i1).select(0, i2);
            set => this[i1, i2].copy_(value);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params long[] indices]
        {
            get => indices.Aggregate(this, (tensor, index) => tensor.select(0, index));
            set => this[indices].copy_(value);
        }

        public Tensor index(params TensorIndex[] indices)
        {
            var (view, tensors) = Sliced(indices);
            return tensors is null ? view : Aten.Call("index.Tensor", view, Argument.Optional(tensors));
        }

        public Tensor index(params Tensor[] indices) => Aten.Call("index.Tensor", this, Argument.Optional(indices));

        public Tensor index_put_(Tensor value, params TensorIndex[] indices)
        {
            var (view, tensors) = Sliced(indices);
            if (tensors is null) view.copy_(value);
            else Aten.Run("index_put_", view, Argument.Optional(tensors), value);
            return this;
        }

        public Tensor index_put_(Tensor value, params Tensor[] indices)
        {
            Aten.Run("index_put_", this, Argument.Optional(indices), value);
            return this;
        }

        public Tensor index_select(long dim, Tensor index) => Aten.Call("index_select", this, dim, index);
        public Tensor select(long dim, long index) => Aten.Call("select.int", this, dim, index);
        public Tensor narrow(long dim, long start, long length) => Aten.Call("narrow", this, dim, start, length);
        public Tensor slice(long dim, long start, long finish, long step) => Aten.Call("slice.Tensor", this, dim, start, finish, step);
        public Tensor gather(long dim, Tensor index) => Aten.Call("gather", this, dim, index);
        public Tensor scatter(long dim, Tensor index, Tensor src) => Aten.Call("scatter.src", this, dim, index, src);
        public Tensor scatter_(long dim, Tensor index, Tensor src) => InPlace("scatter_.src", dim, index, src);
        public Tensor scatter_add_(long dim, Tensor index, Tensor src) => InPlace("scatter_add_", dim, index, src);
        public Tensor masked_select(Tensor mask) => Aten.Call("masked_select", this, mask);
        public Tensor nonzero() => Aten.Call("nonzero", this);

        // Slices, numbers and new axes make a view; tensors are left to the index operator, at the dimensions where they stand.
        private (Tensor View, Tensor?[]? Tensors) Sliced(TensorIndex[] indices)
        {
            var (view, dimension) = (this, 0L);
            List<Tensor?> tensors = [];
            var consumed = indices.Sum(i => i.Is switch
            {
                TensorIndex.Kind.Single or TensorIndex.Kind.Slice => 1,
                TensorIndex.Kind.Tensor => i.Items!.dtype == ScalarType.Bool ? i.Items.ndim : 1,
                _ => 0,
            });
            foreach (var index in indices)
            {
                switch (index.Is)
                {
                    case TensorIndex.Kind.None:
                        view = view.unsqueeze(dimension++);
                        break;
                    case TensorIndex.Kind.Ellipsis:
                        dimension += ndim - consumed;
                        break;
                    case TensorIndex.Kind.Single:
                        view = view.select(dimension, index.Start!.Value);
                        break;
                    case TensorIndex.Kind.Slice:
                        view = Aten.Call("slice.Tensor", view, dimension++, index.Start, index.Stop, index.Step ?? 1);
                        break;
                    case TensorIndex.Kind.Bool:
                        view = view.unsqueeze(dimension);
                        At(dimension++, tensor(index.Start!.Value != 0).unsqueeze(0));
                        break;
                    case TensorIndex.Kind.Tensor:
                        At(dimension, index.Items!);
                        dimension += index.Items!.dtype == ScalarType.Bool ? index.Items.ndim : 1;
                        break;
                }
            }
            return (view, tensors.Count == 0 ? null : tensors.ToArray());

            void At(long position, Tensor item)
            {
                while (tensors.Count < position) tensors.Add(null);
                tensors.Add(item);
            }
        }
    }
}
