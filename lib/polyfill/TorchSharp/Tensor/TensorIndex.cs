namespace TorchSharp;

public static partial class torch
{
    /// <summary>One position of an indexing expression: a number, a slice, an ellipsis, a new axis, a truth value or a tensor.</summary>
    public struct TensorIndex
    {
        internal enum Kind { None, Ellipsis, Single, Slice, Bool, Tensor }

        internal Kind Is { get; private init; }
        internal long? Start { get; private init; }
        internal long? Stop { get; private init; }
        internal long? Step { get; private init; }
        internal Tensor? Items { get; private init; }

        public static readonly TensorIndex Ellipsis = new() { Is = Kind.Ellipsis };
        public static readonly TensorIndex None = new() { Is = Kind.None };
        public static readonly TensorIndex Null = None;
        public static readonly TensorIndex Colon = Slice();

        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) =>
            new() { Is = Kind.Slice, Start = start, Stop = stop, Step = step };

        public static TensorIndex Slice((int? start, int? end) range) => Slice(range.start, range.end);
        public static TensorIndex Slice(Range range) => Slice(FromStart(range.Start), range.End.Equals(^0) ? null : FromStart(range.End));
        public static TensorIndex Bool(bool value) => new() { Is = Kind.Bool, Start = value ? 1 : 0 };
        public static TensorIndex Single(long? index) => index is null ? None : new() { Is = Kind.Single, Start = index };
        public static TensorIndex Tensor(Tensor tensor) => new() { Is = Kind.Tensor, Items = tensor };

        public static implicit operator TensorIndex(long value) => Single(value);
        public static implicit operator TensorIndex((int? start, int? end) range) => Slice(range);
        public static implicit operator TensorIndex(Range range) => Slice(range);
        public static implicit operator TensorIndex(Index index) => Single(FromStart(index));

        private static long FromStart(Index index) => index.IsFromEnd ? -index.Value : index.Value;
    }
}
