using DistillKit.Networks;
using static TorchSharp.torch;

namespace DistillKit.Metrics;

/// <summary>What a network costs before any measurement.</summary>
/// <param name="Parameters">The numbers that training sets.</param>
/// <param name="MultiplyAccumulates">Of the convolutions and the linear layer, for one image. Papers often call them FLOPs; norms and activations are left out, as usual.</param>
public sealed record ModelCost(long Parameters, long MultiplyAccumulates)
{
    /// <summary>
    /// Counts by running one black image of <paramref name="imageSize"/> x <paramref name="imageSize"/> pixels through the network.
    /// </summary>
    public static ModelCost Of(ImageClassifier model, int imageSize)
    {
        var total = 0L;
        Tensor Count(nn.Module<Tensor, Tensor> module, Tensor input, Tensor output)
        {
            total += module switch
            {
                Convolution layer => output.numel() * (layer.Inputs / layer.Groups) * layer.Kernel * layer.Kernel,
                Classifier layer => (long)layer.Channels * layer.Classes,
                _ => 0,
            };
            return output;
        }

        var hooks = model.modules().OfType<nn.Module<Tensor, Tensor>>()
            .Where(module => module is Convolution or Classifier)
            .Select(module => module.register_forward_hook(Count))
            .ToList();
        try
        {
            using var scope = NewDisposeScope();
            using var inference = new InferenceScope(model);
            model.call(zeros([1, 3, imageSize, imageSize], device: model.parameters().First().device));
        }
        finally
        {
            foreach (var hook in hooks) hook.remove();
        }
        return new(model.parameters().Sum(parameter => parameter.numel()), total);
    }
}
