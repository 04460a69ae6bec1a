using System.Text.Json.Serialization;

namespace DistillKit.Networks;

/// <summary>What a network does with the image before its first stage.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StemKind>))]
public enum StemKind
{
    /// <summary>A 3x3 convolution with stride 1: keeps the resolution of a 32x32 image.</summary>
    Cifar,

    /// <summary>
    /// ResNet only: the same convolution and a 2x2 max pool, before the norm, so that everything after the convolution is four times cheaper.
    /// </summary>
    CifarPooled,

    /// <summary>
    /// torchvision's stem, for 224x224 images: ResNet's 7x7 with stride 2 and 3x3 max pool, MobileNetV2's 3x3 with stride 2.
    /// </summary>
    ImageNet,
}
