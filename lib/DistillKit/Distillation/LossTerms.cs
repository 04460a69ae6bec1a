namespace DistillKit.Distillation;

/// <summary>Hinton's soft targets: <see cref="KnowledgeDistillationLoss"/>.</summary>
/// <param name="Standardize">Whether both networks' logits are standardized first (<see cref="LogitStandardization"/>).</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record HintonTerm(bool Standardize = false) : LogitTerm
{
    /// <inheritdoc/>
    protected override Tensor Compute(Tensor student, Tensor teacher, Tensor labels, double temperature) =>
        new KnowledgeDistillationLoss(Standardize).Compute(student, teacher, temperature);
}

/// <summary>Decoupled soft targets: <see cref="DecoupledDistillationLoss"/>.</summary>
/// <param name="TargetWeight">The weight of the label against the rest.</param>
/// <param name="NonTargetWeight">The weight of the classes among the rest.</param>
/// <param name="Standardize">Whether both networks' logits are standardized first (<see cref="LogitStandardization"/>).</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record DecoupledTerm(double TargetWeight = 1, double NonTargetWeight = 8, bool Standardize = false) : LogitTerm
{
    /// <inheritdoc/>
    public override void Validate(string field)
    {
        base.Validate(field);
        RequireWeights((TargetWeight, $"{field}.targetWeight"), (NonTargetWeight, $"{field}.nonTargetWeight"));
    }

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor student, Tensor teacher, Tensor labels, double temperature) =>
        new DecoupledDistillationLoss(TargetWeight, NonTargetWeight, Standardize).Compute(student, teacher, labels, temperature);
}

/// <summary>Correlations of the probabilities: <see cref="DistLoss"/>. The paper has temperature 1 (ImageNet) and 4 (CIFAR-100).</summary>
/// <param name="InterClass">The weight of the relations between the classes of an image.</param>
/// <param name="IntraClass">The weight of the relations between the images within a class.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record DistTerm(double InterClass = 1, double IntraClass = 1) : LogitTerm
{
    /// <inheritdoc/>
    public override void Validate(string field)
    {
        base.Validate(field);
        RequireWeights((InterClass, $"{field}.interClass"), (IntraClass, $"{field}.intraClass"));
    }

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor student, Tensor teacher, Tensor labels, double temperature) =>
        new DistLoss(InterClass, IntraClass).Compute(student, teacher, temperature);
}

/// <summary>A hint through a learned 1x1 convolution: <see cref="HintLoss"/>.</summary>
/// <inheritdoc cref="FeatureTerm" path="/param"/>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record HintTerm(string Student, string Teacher) : FeatureTerm(Student, Teacher)
{
    /// <inheritdoc/>
    protected override (Func<Tensor, Tensor, Tensor> Compute, nn.Module? Adapter) Build(int studentChannels, int teacherChannels)
    {
        var loss = new HintLoss(studentChannels, teacherChannels);
        return (loss.Compute, loss);
    }
}

/// <summary>Attention maps: <see cref="AttentionTransferLoss"/>.</summary>
/// <inheritdoc cref="FeatureTerm" path="/param"/>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AttentionTerm(string Student, string Teacher) : FeatureTerm(Student, Teacher)
{
    /// <inheritdoc/>
    protected override (Func<Tensor, Tensor, Tensor> Compute, nn.Module? Adapter) Build(int studentChannels, int teacherChannels) =>
        (new AttentionTransferLoss().Compute, null);
}

/// <summary>Similarities between the images of a batch: <see cref="SimilarityLoss"/>.</summary>
/// <inheritdoc cref="FeatureTerm" path="/param"/>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SimilarityTerm(string Student, string Teacher) : FeatureTerm(Student, Teacher)
{
    /// <inheritdoc/>
    protected override (Func<Tensor, Tensor, Tensor> Compute, nn.Module? Adapter) Build(int studentChannels, int teacherChannels) =>
        (new SimilarityLoss().Compute, null);
}

/// <summary>Distances and angles between the images of a batch: <see cref="RelationalLoss"/>.</summary>
/// <param name="Student">The name of the student's feature.</param>
/// <param name="Teacher">The name of the teacher's.</param>
/// <param name="Distance">The weight of the distances.</param>
/// <param name="Angle">The weight of the angles.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RelationalTerm(string Student, string Teacher, double Distance = 1, double Angle = 2) : FeatureTerm(Student, Teacher)
{
    /// <inheritdoc/>
    public override void Validate(string field)
    {
        base.Validate(field);
        RequireWeights((Distance, $"{field}.distance"), (Angle, $"{field}.angle"));
    }

    /// <inheritdoc/>
    protected override (Func<Tensor, Tensor, Tensor> Compute, nn.Module? Adapter) Build(int studentChannels, int teacherChannels) =>
        (new RelationalLoss(Distance, Angle).Compute, null);
}

/// <summary>Each image told from the others of the batch through learned projections: <see cref="ContrastiveLoss"/>.</summary>
/// <param name="Student">The name of the student's feature.</param>
/// <param name="Teacher">The name of the teacher's.</param>
/// <param name="Dimensions">Of the space that both are projected to.</param>
/// <param name="Tau">What similarities are divided by.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ContrastiveTerm(string Student, string Teacher, int Dimensions = 128, double Tau = 0.07)
    : FeatureTerm(Student, Teacher)
{
    /// <inheritdoc/>
    public override void Validate(string field)
    {
        base.Validate(field);
        Require(Dimensions is >= 1 and <= 65536, $"{field}.dimensions", "from 1 to 65536", Dimensions);
        Require(Tau is > 0 and < double.PositiveInfinity, $"{field}.tau", "above 0", Tau);
    }

    /// <inheritdoc/>
    protected override (Func<Tensor, Tensor, Tensor> Compute, nn.Module? Adapter) Build(int studentChannels, int teacherChannels)
    {
        var loss = new ContrastiveLoss(studentChannels, teacherChannels, Dimensions, Tau);
        return (loss.Compute, loss);
    }
}
