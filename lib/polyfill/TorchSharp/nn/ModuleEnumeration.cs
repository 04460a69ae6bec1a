using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            public virtual IEnumerable<(string name, Module module)> named_children() =>
                _children.Select(child => (child.Key, child.Value));

            public virtual IEnumerable<Module> children() => named_children().Select(child => child.module);

            /// <summary>All descendants, without the module itself (which PyTorch includes): first the children, then the children's.</summary>
            public virtual IEnumerable<(string name, Module module)> named_modules() =>
                named_children().Concat(BelowChildren(child => child.named_modules()));

            public virtual IEnumerable<Module> modules() => named_modules().Select(entry => entry.module);

            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
            {
                var own = _parameters.Select(entry => (name: entry.Key, parameter: entry.Value));
                return (recurse ? own.Concat(BelowChildren(child => child.named_parameters())) : own)
                    .DistinctBy(entry => entry.Item2, ReferenceEqualityComparer.Instance);
            }

            public virtual IEnumerable<Parameter> parameters(bool recurse = true) =>
                named_parameters(recurse).Select(entry => entry.parameter);

            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_nonpersistent = true)
            {
                var own = _buffers.Where(entry => entry.Value.Persistent).Select(entry => (name: entry.Key, buffer: entry.Value.Tensor));
                return (recurse ? own.Concat(BelowChildren(child => child.named_buffers(true, include_nonpersistent))) : own)
                    .DistinctBy(entry => entry.Item2, ReferenceEqualityComparer.Instance);
            }

            public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true) =>
                named_buffers(recurse, include_nonpersistent).Select(entry => entry.buffer);

            public virtual Parameter? get_parameter(string target) =>
                _parameters.TryGetValue(target, out var own) ? own : InChild(target, (child, rest) => child.get_parameter(rest));

            public virtual Tensor? get_buffer(string target) =>
                _buffers.TryGetValue(target, out var own) ? own.Tensor : InChild(target, (child, rest) => child.get_buffer(rest));

            public virtual bool has_parameter(string target) => get_parameter(target) is not null;

            public virtual bool has_buffer(string target) => get_buffer(target) is not null;

            private IEnumerable<(string name, T value)> BelowChildren<T>(Func<Module, IEnumerable<(string name, T value)>> of) =>
                named_children().SelectMany(child => of(child.module), (child, entry) => ($"{child.name}.{entry.name}", entry.value));

            private T? InChild<T>(string target, Func<Module, string, T?> find) where T : class
            {
                if (target.Split('.', 2) is not [var first, var rest]) return null;
                var owners = named_children().Where(child => child.name == first);
                return owners.Select(child => find(child.module, rest)).FirstOrDefault(found => found is not null);
            }
        }
    }
}
