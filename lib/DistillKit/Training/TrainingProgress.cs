namespace DistillKit.Training;

/// <summary>Where a training stands; reported after every step.</summary>
/// <param name="Epoch">The running epoch, from 0.</param>
/// <param name="Epochs">Of the whole training.</param>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Of the whole training.</param>
/// <param name="Share">The share of the whole training's work that is done: a small image is less work than a large one.</param>
/// <param name="Loss">The mean loss of the last steps.</param>
/// <param name="Accuracy">The share of right answers in the last steps, on augmented training images.</param>
/// <param name="LearningRate">Of the last step.</param>
/// <param name="ImagesPerSecond">Of the last steps.</param>
/// <param name="Validation">The last validation's accuracy, if there was one.</param>
public sealed record TrainingProgress(
    int Epoch, int Epochs, int Step, int Steps, double Share, double Loss, double Accuracy, double LearningRate, double ImagesPerSecond, double? Validation);

/// <summary>What a training came to.</summary>
/// <param name="Epochs">Epochs trained; fewer than the recipe's after early stopping.</param>
/// <param name="Steps">Steps trained.</param>
/// <param name="ValidationAccuracy">Of the weights that were kept: those of the best validation.</param>
/// <param name="Seconds">Time in training and validation, interruptions left out.</param>
/// <param name="ImagesPerSecond">Training images through the network per second of that time.</param>
/// <param name="ComputeType">The type in which convolutions computed.</param>
public sealed record TrainingResult(int Epochs, int Steps, double ValidationAccuracy, double Seconds, double ImagesPerSecond, string ComputeType);
