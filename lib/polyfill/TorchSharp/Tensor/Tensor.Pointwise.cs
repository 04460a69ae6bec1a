namespace TorchSharp;

public static partial class torch
{
    public enum RoundingMode
    {
        None,
        trunc,
        floor,
    }

    public partial class Tensor
    {
        public Tensor abs() => Aten.Call("abs", this);
        public Tensor abs_() => InPlace("abs_");
        public Tensor ceil() => Aten.Call("ceil", this);
        public Tensor cos() => Aten.Call("cos", this);
        public Tensor erf() => Aten.Call("erf", this);
        public Tensor exp() => Aten.Call("exp", this);
        public Tensor exp_() => InPlace("exp_");
        public Tensor expm1() => Aten.Call("expm1", this);
        public Tensor floor() => Aten.Call("floor", this);
        public Tensor frac() => Aten.Call("frac", this);
        public Tensor hardtanh(Scalar min, Scalar max) => Aten.Call("hardtanh", this, min, max);
        public Tensor isfinite() => Aten.Call("isfinite", this);
        public Tensor isinf() => Aten.Call("isinf", this);
        public Tensor isnan() => Aten.Call("isnan", this);
        public Tensor log() => Aten.Call("log", this);
        public Tensor log1p() => Aten.Call("log1p", this);
        public Tensor logical_not() => Aten.Call("logical_not", this);
        public Tensor neg() => Aten.Call("neg", this);
        public Tensor neg_() => InPlace("neg_");
        public Tensor reciprocal() => Aten.Call("reciprocal", this);
        public Tensor relu() => Aten.Call("relu", this);
        public Tensor relu_() => InPlace("relu_");
        public Tensor relu6_() => InPlace("hardtanh_", 0.0, 6.0);
        public Tensor rsqrt() => Aten.Call("rsqrt", this);
        public Tensor sigmoid() => Aten.Call("sigmoid", this);
        public Tensor sigmoid_() => InPlace("sigmoid_");
        public Tensor sign() => Aten.Call("sign", this);
        public Tensor sin() => Aten.Call("sin", this);
        public Tensor sqrt() => Aten.Call("sqrt", this);
        public Tensor sqrt_() => InPlace("sqrt_");
        public Tensor square() => Aten.Call("square", this);
        public Tensor tanh() => Aten.Call("tanh", this);
        public Tensor trunc() => Aten.Call("trunc", this);
        public Tensor mul(Tensor target) => Aten.Call("mul.Tensor", this, target);
        public Tensor mul(Scalar target) => Aten.Call("mul.Scalar", this, target);
        public Tensor mul_(Tensor target) => InPlace("mul_.Tensor", target);
        public Tensor mul_(Scalar target) => InPlace("mul_.Scalar", target);
        public Tensor sub(Tensor target) => Aten.Call("sub.Tensor", this, target);
        public Tensor sub(Scalar target) => Aten.Call("sub.Scalar", this, target);
        public Tensor sub_(Tensor target) => InPlace("sub_.Tensor", target);
        public Tensor sub_(Scalar target) => InPlace("sub_.Scalar", target);
        public Tensor eq(Tensor target) => Aten.Call("eq.Tensor", this, target);
        public Tensor eq(Scalar target) => Aten.Call("eq.Scalar", this, target);
        public Tensor ge(Tensor target) => Aten.Call("ge.Tensor", this, target);
        public Tensor ge(Scalar target) => Aten.Call("ge.Scalar", this, target);
        public Tensor gt(Tensor target) => Aten.Call("gt.Tensor", this, target);
        public Tensor gt(Scalar target) => Aten.Call("gt.Scalar", this, target);
        public Tensor le(Tensor target) => Aten.Call("le.Tensor", this, target);
        public Tensor le(Scalar target) => Aten.Call("le.Scalar", this, target);
        public Tensor lt(Tensor target) => Aten.Call("lt.Tensor", this, target);
        public Tensor lt(Scalar target) => Aten.Call("lt.Scalar", this, target);
        public Tensor ne(Tensor target) => Aten.Call("ne.Tensor", this, target);
        public Tensor ne(Scalar target) => Aten.Call("ne.Scalar", this, target);

        public Tensor add(Tensor target) => Aten.Call("add.Tensor", this, target);
        public Tensor add(Tensor target, Scalar alpha) => Aten.Call("add.Tensor", this, target, alpha);
        public Tensor add(Scalar scalar) => Aten.Call("add.Scalar", this, scalar);
        public Tensor add_(Tensor target) => InPlace("add_.Tensor", target);
        public Tensor add_(Tensor target, Scalar alpha) => InPlace("add_.Tensor", target, alpha);
        public Tensor add_(Scalar scalar) => InPlace("add_.Scalar", scalar);

        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => Aten.Call("div.Tensor_mode", this, target, Mode(rounding_mode));
        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => Aten.Call("div.Scalar_mode", this, target, Mode(rounding_mode));
        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => InPlace("div_.Tensor_mode", target, Mode(rounding_mode));
        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => InPlace("div_.Scalar_mode", target, Mode(rounding_mode));

        public Tensor pow(Tensor exponent) => Aten.Call("pow.Tensor_Tensor", this, exponent);
        public Tensor pow(Scalar exponent) => Aten.Call("pow.Tensor_Scalar", this, exponent);
        public Tensor remainder(Tensor target) => Aten.Call("remainder.Tensor", this, target);
        public Tensor remainder(Scalar scalar) => Aten.Call("remainder.Scalar", this, scalar);
        public Tensor round(long decimals = 0) => Aten.Call("round.decimals", this, decimals);
        public Tensor round_(long decimals = 0) => InPlace("round_.decimals", decimals);

        public Tensor clamp(Scalar? min = null, Scalar? max = null) => Aten.Call("clamp", this, min, max);
        public Tensor clamp(Tensor? min = null, Tensor? max = null) => Aten.Call("clamp.Tensor", this, min, max);
        public Tensor clamp_(Scalar? min = null, Scalar? max = null) => InPlace("clamp_", min, max);
        public Tensor clamp_min(Scalar min) => Aten.Call("clamp_min", this, min);
        public Tensor clamp_max(Scalar max) => Aten.Call("clamp_max", this, max);
        public Tensor maximum(Tensor other) => Aten.Call("maximum", this, other);
        public Tensor minimum(Tensor other) => Aten.Call("minimum", this, other);

        public Tensor lerp(Tensor end, Tensor weight) => Aten.Call("lerp.Tensor", this, end, weight);
        public Tensor lerp_(Tensor end, Tensor weight) => InPlace("lerp_.Tensor", end, weight);
        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) => InPlace("addcmul_", tensor1, tensor2, value);
        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) => InPlace("addcdiv_", tensor1, tensor2, value);

        public Tensor logical_and(Tensor other) => Aten.Call("logical_and", this, other);
        public Tensor logical_or(Tensor other) => Aten.Call("logical_or", this, other);
        public Tensor where(Tensor condition, Tensor y) => Aten.Call("where.self", condition, this, y);
        public Tensor masked_fill(Tensor mask, Scalar value) => Aten.Call("masked_fill.Scalar", this, mask, value);
        public Tensor masked_fill_(Tensor mask, Scalar value) => InPlace("masked_fill_.Scalar", mask, value);

        public Tensor fill_(Scalar value) => InPlace("fill_.Scalar", value);
        public Tensor zero_() => InPlace("zero_");
        public Tensor copy_(Tensor source, bool nonBlocking = false) => InPlace("copy_", source, nonBlocking);

        public bool allclose(Tensor target, double rtol = 1E-05, double atol = 1E-08, bool equal_nan = false) =>
            Aten.CallInteger("allclose", this, target, rtol, atol, equal_nan) != 0;

        private static Argument Mode(RoundingMode mode) => mode == RoundingMode.None ? Argument.None : mode.ToString();

        private Tensor InPlace(string op) { Aten.Run(op, this); return this; }
        private Tensor InPlace(string op, Argument first) { Aten.Run(op, this, first); return this; }
        private Tensor InPlace(string op, Argument first, Argument second) { Aten.Run(op, this, first, second); return this; }
        private Tensor InPlace(string op, Argument first, Argument second, Argument third) { Aten.Run(op, this, first, second,
            third); return this; }
    }
}
