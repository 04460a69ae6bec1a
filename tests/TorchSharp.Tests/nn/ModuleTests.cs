using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Nn;

public sealed class ModuleTests
{
    private sealed class Block : torch.nn.Module<Tensor, Tensor>
    {
        private readonly Conv2d conv1;
        private readonly BatchNorm2d bn1;
        [ComponentName(Name = "downsample")]
        private readonly Sequential _shortcut;
        private readonly Parameter scale = torch.nn.Parameter(ones(1));
        private readonly Tensor offset = zeros(1);

        public Block() : base(nameof(Block))
        {
            conv1 = torch.nn.Conv2d(2, 2, 3, padding: 1, bias: false);
            bn1 = torch.nn.BatchNorm2d(2);
            _shortcut = torch.nn.Sequential(torch.nn.Conv2d(2, 2, 1), torch.nn.ReLU());
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => bn1.call(conv1.call(input)).add(_shortcut.call(input)).mul(scale).add(offset);
    }

    private sealed class Network : torch.nn.Module<Tensor, Tensor>
    {
        private readonly ModuleList<Block> layers = torch.nn.ModuleList(new Block(), new Block());
        private readonly Linear fc = torch.nn.Linear(2, 3);

        public Network() : base(nameof(Network)) => RegisterComponents();

        public override Tensor forward(Tensor input) => fc.call(layers.Aggregate(input, (x, layer) => layer.call(x)).mean([2, 3]));
    }

    private sealed class Unregistered : torch.nn.Module<Tensor, Tensor>
    {
        private readonly Linear inner = torch.nn.Linear(1, 1);

        public Unregistered() : base(nameof(Unregistered)) { }

        public override Tensor forward(Tensor input) => inner.call(input);
    }

    private static readonly string[] BlockParameters = ["scale", "conv1.weight", "bn1.weight", "bn1.bias", "downsample.0.weight",
        "downsample.0.bias"];
    private static readonly string[] BlockBuffers = ["offset", "bn1.running_mean", "bn1.running_var", "bn1.num_batches_tracked"];

    [Fact]
    public void Fields_are_registered_by_name_or_component_name()
    {
        using var block = new Block();
        Assert.Equal(BlockParameters, block.named_parameters().Select(p => p.name));
        Assert.Equal(BlockBuffers, block.named_buffers().Select(b => b.name));
        Assert.Equal(["conv1", "bn1", "downsample"], block.named_children().Select(c => c.name));
        Assert.Equal(["conv1", "bn1", "downsample", "downsample.0", "downsample.1"], block.named_modules().Select(m => m.name));
        Assert.Equal(["scale"], block.named_parameters(recurse: false).Select(p => p.name));
    }

    [Fact]
    public void State_dict_has_dotted_names_parameters_first()
    {
        using var network = new Network();
        var parameters = new[] { "layers.0.", "layers.1." }.SelectMany(prefix =>
            BlockParameters.Select(name => prefix + name)).Append("fc.weight").Append("fc.bias");
        var buffers = new[] { "layers.0.", "layers.1." }.SelectMany(prefix => BlockBuffers.Select(name => prefix + name));
        Assert.Equal(parameters.Concat(buffers), network.state_dict().Keys);
        Assert.All(network.state_dict(prefix: "net").Keys, key => Assert.StartsWith("net.", key));
    }

    [Fact]
    public void Loading_a_state_copies_it()
    {
        using var source = new Network();
        using var target = new Network();
        var (missing, unexpected) = target.load_state_dict(source.state_dict());
        Assert.Empty(missing.Concat(unexpected));
        foreach (var (name, value) in source.state_dict()) Assert.True(value.Equals(target.state_dict()[name]), name);
        torch.nn.init.zeros_(source.get_parameter("fc.bias")!);
        Assert.False(source.get_parameter("fc.bias")!.Equals(target.get_parameter("fc.bias")!));
    }

    [Fact]
    public void Loading_other_names_fails_unless_not_strict()
    {
        using var network = new Network();
        var state = network.state_dict();
        state.Remove("fc.bias");
        state["extra"] = zeros(1);
        Assert.Throws<InvalidOperationException>(() => network.load_state_dict(state));
        var (missing, unexpected) = network.load_state_dict(state, strict: false);
        Assert.Equal(["fc.bias"], missing);
        Assert.Equal(["extra"], unexpected);
        network.load_state_dict(state, skip: ["fc.bias", "extra"]);
    }

    [Fact]
    public void Saved_module_is_loaded_as_it_was()
    {
        using var source = new Network();
        using var target = new Network();
        var file = new MemoryStream();
        source.save(file);
        target.load(new MemoryStream(file.ToArray()));
        foreach (var (name, value) in source.state_dict()) Assert.True(value.Equals(target.state_dict()[name]), name);
        using var other = torch.nn.Linear(2, 3);
        Assert.Throws<ArgumentException>(() => other.load(new MemoryStream(file.ToArray())));
    }

    [Fact]
    public void Saved_form_is_the_packages()
    {
        using var linear = torch.nn.Linear(torch.nn.Parameter(tensor(new[,] { { 1f } })));
        var file = new MemoryStream();
        linear.save(file);
        // One entry; "weight"; element type 6 (float), two dimensions of 1; then 1.0f.
        Assert.Equal([1, 6, .. "weight"u8, 6, 2, 1, 1, 0, 0, 0x80, 0x3f], file.ToArray());
    }

    [Fact]
    public void Training_and_evaluation_reach_every_descendant()
    {
        using var network = new Network();
        Assert.True(network.training);
        network.eval();
        Assert.All(network.modules(), module => Assert.False(module.training));
        network.train();
        Assert.All(network.modules(), module => Assert.True(module.training));
    }

    [Fact]
    public void Apply_visits_children_before_their_parent()
    {
        using var block = new Block();
        var visited = new List<string>();
        block.apply(module => visited.Add(module.GetName()));
        Assert.Equal(["Conv2d", "BatchNorm2d", "Conv2d", "ReLU", "Sequential", "Block"], visited);
    }

    [Fact]
    public void Gradients_reach_every_parameter_and_zero_grad_drops_them()
    {
        using var network = new Network();
        network.call(randn([4, 2, 5, 5])).sum().backward();
        Assert.All(network.parameters(), parameter => Assert.NotNull(parameter.grad));
        network.zero_grad(set_to_none: false);
        Assert.All(network.parameters(), parameter => Assert.Equal(0, parameter.grad!.abs().sum().item<float>()));
        network.zero_grad();
        Assert.All(network.parameters(), parameter => Assert.Null(parameter.grad));
    }

    [Fact]
    public void To_changes_real_tensors_only_and_keeps_what_a_parameter_is()
    {
        using var block = new Block();
        var scale = block.get_parameter("scale")!;
        block.call(randn([4, 2, 5, 5])).sum().backward();
        Assert.Same(block, block.to(ScalarType.Float64));
        Assert.All(block.parameters(), parameter => Assert.Equal((ScalarType.Float64, ScalarType.Float64, true, true),
            (parameter.dtype, parameter.grad!.dtype, parameter.is_leaf, parameter.requires_grad)));
        Assert.Equal(ScalarType.Int64, block.get_buffer("bn1.num_batches_tracked")!.dtype);
        Assert.Same(scale, block.get_parameter("scale"));
        Assert.Equal(ScalarType.Float64, block.call(randn([4, 2, 5, 5], ScalarType.Float64)).dtype);
        Assert.Throws<ArgumentException>(() => block.to(ScalarType.Int32));
    }

    [Fact]
    public void Registration_mistakes_are_refused()
    {
        using var block = new Block();
        Assert.Throws<InvalidOperationException>(() => block.register_module("conv1", torch.nn.ReLU()));
        Assert.Throws<ArgumentException>(() => block.register_module("a.b", torch.nn.ReLU()));
        Assert.Throws<ArgumentException>(() => block.register_module("", torch.nn.ReLU()));
        Assert.Throws<InvalidOperationException>(() => block.register_parameter("scale", torch.nn.Parameter(ones(1))));
        Assert.Throws<ArgumentNullException>(() => block.register_parameter("missing", null!));
        Assert.Throws<InvalidOperationException>(() => block.register_buffer("offset", ones(1)));
        block.register_module("conv1", null!);
        Assert.DoesNotContain("conv1", block.named_children().Select(child => child.name));
    }

    [Fact]
    public void A_shared_parameter_is_listed_once()
    {
        using var first = torch.nn.Linear(2, 2, hasBias: false);
        using var second = torch.nn.Linear(first.weight);
        using var both = torch.nn.Sequential(first, second);
        Assert.Equal(["0.weight"], both.named_parameters().Select(p => p.name));
        Assert.Equal(["0.weight", "1.weight"], both.state_dict().Keys);
    }

    [Fact]
    public void Only_registration_registers_components()
    {
        using var module = new Unregistered();
        using var sequential = torch.nn.Sequential(("inner", module));
        Assert.Empty(sequential.parameters());
        using var list = torch.nn.ModuleList(new Unregistered());
        Assert.Empty(list.parameters());
        using var network = new Network();
        network.register_module("late", new Unregistered());
        Assert.True(network.has_parameter("late.inner.weight"));
        Assert.False(network.has_parameter("late.inner.scale"));
    }

    [Fact]
    public void Built_in_layers_outlive_the_scope_they_are_made_in_and_die_with_their_owner()
    {
        torch.nn.Module<Tensor, Tensor> layer;
        using (NewDisposeScope()) layer = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.BatchNorm1d(2));
        Assert.All(layer.state_dict().Values, tensor => Assert.False(tensor.IsInvalid));
        var state = layer.state_dict();
        layer.Dispose();
        Assert.All(state.Values, tensor => Assert.True(tensor.IsInvalid));
    }

    [Fact]
    public void Parameter_takes_over_its_tensor()
    {
        using var scope = NewDisposeScope();
        var data = ones(2);
        var parameter = torch.nn.Parameter(data);
        Assert.True(data.IsInvalid);
        Assert.True(parameter.requires_grad);
        Assert.Equal(1, scope.DisposablesCount);
        Assert.False(torch.nn.Parameter(ones(2), requires_grad: false).requires_grad);
    }
}
