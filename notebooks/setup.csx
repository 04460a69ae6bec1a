// The first cell of every notebook loads this file. It loads the library that ./distillkit has built, and tells it how this kernel displays.
// If an error names one of these files: run ./distillkit once in the folder of the checkout, then run the cell again.
#r "../lib/DistillKit.Notebook/bin/Release/net10.0/TorchSharp.dll"
#r "../lib/DistillKit.Notebook/bin/Release/net10.0/DistillKit.Edge.dll"
#r "../lib/DistillKit.Notebook/bin/Release/net10.0/DistillKit.dll"
#r "../lib/DistillKit.Notebook/bin/Release/net10.0/FSharp.Core.dll"
#r "../lib/DistillKit.Notebook/bin/Release/net10.0/XPlot.Plotly.dll"
#r "../lib/DistillKit.Notebook/bin/Release/net10.0/Microsoft.Data.Analysis.dll"
#r "../lib/DistillKit.Notebook/bin/Release/net10.0/DistillKit.Charts.dll"
#r "../lib/DistillKit.Notebook/bin/Release/net10.0/DistillKit.Notebook.dll"
using Microsoft.DotNet.Interactive;

DistillKit.Notebook.NotebookSession.Start(
    value =>
    {
        var shown = KernelInvocationContext.Current.Display(value);
        return next => shown.Update(next);
    },
    () => KernelInvocationContext.Current?.CancellationToken ?? default);
