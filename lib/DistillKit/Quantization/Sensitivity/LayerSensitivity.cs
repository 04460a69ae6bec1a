namespace DistillKit.Quantization.Sensitivity;

/// <summary>What rounding one layer alone does to the network.</summary>
/// <param name="Layer">Its name.</param>
/// <param name="Accuracy">Of the network with only this layer rounded, in [0, 1].</param>
/// <param name="Divergence">KL(float || rounded) of the predicted distributions in nats, the mean over the images.</param>
/// <param name="Decibels">Signal-to-quantization-noise ratio of the logits.</param>
/// <param name="SavedBytes">What the layer's rounded weight is smaller by.</param>
/// <param name="MultiplyAccumulates">For one image.</param>
public sealed record LayerSensitivity(string Layer, double Accuracy, double Divergence, double Decibels, long SavedBytes, long MultiplyAccumulates);
