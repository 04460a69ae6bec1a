/// Where plotly.js is on this machine.
module internal DistillKit.Charts.PlotlyScript

open System
open System.IO

/// The version that fetch.sh brings: the last one that takes titles as XPlot.Plotly writes them (plotly.js 3 dropped `title: "text"`).
[<Literal>]
let Version = "2.35.3"

let private cached () =
    let caches =
        match Environment.GetEnvironmentVariable "XDG_CACHE_HOME" with
        | null | "" -> Path.Combine(Environment.GetFolderPath Environment.SpecialFolder.UserProfile, ".cache")
        | chosen -> chosen
    Path.Combine(caches, "distillkit", $"plotly.js-{Version}", "plotly.min.js")

/// The script's text: of the file that PLOTLYJS names, else of the one that fetch.sh has put into the cache; None where there is none.
let find () =
    let file = match Environment.GetEnvironmentVariable "PLOTLYJS" with null | "" -> cached () | given -> given
    try Some(File.ReadAllText file)
    with :? IOException | :? UnauthorizedAccessException -> None
