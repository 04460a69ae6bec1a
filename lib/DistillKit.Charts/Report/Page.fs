/// The page around the sections: style, policy and scripts.
module internal DistillKit.Charts.Page

open System.IO
open System.Reflection

let private resource (assembly: Assembly) (name: string) =
    use reader = new StreamReader(assembly.GetManifestResourceStream name |> nonNull)
    reader.ReadToEnd()

/// The style, and the script that puts the interactive chart in the picture's place; where that fails the picture stays.
let private style, private start =
    let read = resource (Assembly.GetExecutingAssembly())
    read "report.css", read "report.js"

/// plotly.js, out of the package Plotly.NET: a version before 3, which no longer takes titles as XPlot.Plotly writes them.
let private plotly =
    lazy
        (let folder = Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location)
         resource (Assembly.LoadFile(Path.Combine(string folder, "plotly", "Plotly.NET.dll"))) "Plotly.NET.plotly-2.28.0.min.js")

/// Nothing may be loaded: a browser that honours this cannot leave the page even by mistake.
let private policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"

/// The whole page.
let write (title: string) (body: string) =
    // No part of a script may look like its end.
    let safe = plotly.Value.Replace("</script", "<\\/script")
    Html.all
        [ "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          $"<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          $"<link rel=\"icon\" href=\"data:,\">\n<title>{Html.text title}</title>\n<style>\n{style}</style>\n</head>\n"
          $"<body>\n{body}<script>{safe}</script>\n<script>\n{start}</script>\n</body>\n</html>\n" ]
