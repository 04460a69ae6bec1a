namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor bernoulli_(double p = 0.5, Generator? generator = null) => InPlace("bernoulli_.float", p, generator);
        public Tensor normal_(double mean = 0, double std = 1, Generator? generator = null) => InPlace("normal_", mean, std, generator);
        public Tensor uniform_(double from, double to, Generator? generator = null) => InPlace("uniform_", from, to, generator);
    }
}
