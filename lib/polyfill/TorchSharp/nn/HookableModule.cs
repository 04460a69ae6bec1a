namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public class HookableModule<TPreHook, TPostHook> : Module
        {
            private protected readonly Dictionary<long, TPreHook> _beforeForward = [];
            private protected readonly Dictionary<long, TPostHook> _afterForward = [];
            private readonly Dictionary<long, Action<Module>> _beforeAll = [];
            private readonly Dictionary<long, Action<Module>> _afterAll = [];
            private long _lastKey;

            protected HookableModule(string name) : base(name) { }

            /// <summary>The hook sees the output of each <c>call</c>; where it returns a value, that replaces the output.</summary>
            public HookRemover register_forward_hook(TPostHook hook) => Add(_afterForward, hook);

            public HookRemover register_forward_hook(Action<Module> hook) => Add(_afterAll, hook);

            /// <summary>The hook sees the input of each <c>call</c>; where it returns a value, that replaces the input.</summary>
            public HookRemover register_forward_pre_hook(TPreHook hook) => Add(_beforeForward, hook);

            public HookRemover register_forward_pre_hook(Action<Module> hook) => Add(_beforeAll, hook);

            private protected void BeforeAll()
            {
                foreach (var hook in _beforeAll.Values) hook(this);
            }

            private protected void AfterAll()
            {
                foreach (var hook in _afterAll.Values) hook(this);
            }

            private HookRemover Add<THook>(Dictionary<long, THook> hooks, THook hook)
            {
                var key = ++_lastKey;
                hooks.Add(key, hook);
                return new HookRemover(() => hooks.Remove(key));
            }

            public class HookRemover
            {
                private readonly Action _remove;

                internal HookRemover(Action remove) => _remove = remove;

                public void remove() => _remove();
            }
        }
    }
}
