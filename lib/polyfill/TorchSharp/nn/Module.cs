namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>A node in a tree of layers. Its parameters, buffers and children are found by <see cref="RegisterComponents"/>.</summary>
        public partial class Module : IDisposable
        {
            protected string? name;
            private bool _isTraining = true;

            protected Module(string name) => this.name = name;

            public virtual string GetName() => string.IsNullOrEmpty(name) ? GetType().Name : name;

            public virtual bool training => _isTraining;

            public virtual void train(bool train = true)
            {
                _isTraining = train;
                foreach (var (_, child) in named_children()) child.train(train);
            }

            public virtual void eval() => train(false);

            public virtual Module apply(Action<Module> fn)
            {
                foreach (var (_, child) in named_children()) child.apply(fn);
                fn(this);
                return this;
            }

            public virtual void zero_grad(bool set_to_none = true)
            {
                using var scope = NewDisposeScope();
                foreach (var (_, parameter) in named_parameters())
                {
                    if (set_to_none) parameter.grad = null;
                    else if (parameter.grad is { } gradient) Aten.Run("zero_", gradient);
                }
            }

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            protected virtual void Dispose(bool disposing)
            {
                if (!disposing) return;
                foreach (var parameter in _parameters.Values) parameter.Dispose();
                foreach (var (buffer, _) in _buffers.Values) buffer.Dispose();
                foreach (var child in _children.Values) child.Dispose();
            }
        }
    }
}
