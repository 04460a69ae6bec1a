using DistillKit.Networks;
using DistillKit.Training;

using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using static TorchSharp.torch;

// Times our training step and prints it as one line of JSON: TrainingStep MODEL TYPE BATCH SECONDS THREADS.
// It is the counterpart of ../training_step.py; our networks always run channels-last.
if (args is not [var model, var type, var batchText, var secondsText, var threadsText])
{
    Console.Error.WriteLine("usage: TrainingStep resnet18|resnet18-half|mobilenetv2 float32|bfloat16 BATCH SECONDS THREADS");
    return 2;
}
var batch = int.Parse(batchText, CultureInfo.InvariantCulture);
var seconds = double.Parse(secondsText, CultureInfo.InvariantCulture);
set_num_threads(int.Parse(threadsText, CultureInfo.InvariantCulture));

ModelSpec spec = model switch
{
    "resnet18" => new ResNetSpec { Depth = 18 },
    "resnet18-half" => new ResNetSpec { Depth = 18, Width = 0.5 },
    "mobilenetv2" => new MobileNetV2Spec { Dropout = 0 },
    _ => throw new ArgumentException("unknown model " + model),
};
using var network = spec.Build();
network.ComputeType = type == "bfloat16" ? ScalarType.BFloat16 : ScalarType.Float32;
network.train();
using var images = ChannelsLast.Of(randn(batch, 3, 32, 32));
using var labels = randint(10, [batch], dtype: ScalarType.Int64);
using var optimizer = new Optimizer(new(LearningRate: 0.01), [.. network.parameters()]);

for (var warmUp = 0; warmUp < 2; warmUp++) Step();
var steps = 0;
var (clock, processor) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
for (; steps < 3 || clock.Elapsed.TotalSeconds < seconds; steps++) Step();
Console.WriteLine(JsonSerializer.Serialize(new
{
    imagesPerSecond = steps * batch / clock.Elapsed.TotalSeconds,
    imagesPerProcessorSecond = steps * batch / (Environment.CpuUsage.TotalTime - processor).TotalSeconds,
    engine = "DistillKit",
}));
return 0;

float Step()
{
    using var scope = NewDisposeScope();
    var loss = nn.functional.cross_entropy(network.call(images), labels);
    network.zero_grad();
    loss.backward();
    optimizer.Step();
    return loss.item<float>();
}
