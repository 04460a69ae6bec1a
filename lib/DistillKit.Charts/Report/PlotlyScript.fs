/// plotly.js, out of the package Plotly.NET, which has it as a resource.
module internal DistillKit.Charts.PlotlyScript

open System
open System.IO
open System.Reflection

/// A version before 3, which no longer takes titles as XPlot.Plotly writes them.
[<Literal>]
let private Resource = "Plotly.NET.plotly-2.28.0.min.js"

/// The script's text.
let text =
    lazy
        (let beside = FileInfo(Assembly.GetExecutingAssembly().Location).Directory
         let package = Assembly.LoadFile(Path.Combine(string beside, "plotly", "Plotly.NET.dll"))
         match package.GetManifestResourceStream Resource with
         | null -> raise (InvalidOperationException $"{package.Location} has no resource {Resource}.")
         | stream ->
             use reader = new StreamReader(stream)
             reader.ReadToEnd())
