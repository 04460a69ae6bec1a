/// <summary>
/// A run in one HTML file that opens without a network: figures, charts, tables, recipes, seed, machine, versions and dates.
/// plotly.js is in it; where no script runs, as in print, each chart is a picture.
/// </summary>
module DistillKit.Charts.Report

open System.Globalization
open DistillKit.Files

/// <summary>Writes the report of a finished run.</summary>
/// <param name="folder">
/// Of the run, for instance <c>artifacts/quick</c>: its benchmark.json and test-reports.json, and of its stages stage.json,
/// metrics.jsonl and model.safetensors, as far as they are there.
/// </param>
/// <param name="path">The HTML file, for instance <c>artifacts/quick/report.html</c>.</param>
/// <exception cref="T:DistillKit.UserException">
/// There is no finished run in the folder, a file of it is damaged, or the report cannot be written.
/// </exception>
let Write (folder: string, path: string) : ReportFile =
    let result, trainings = RunFolder.benchmark folder, RunFolder.trainings folder
    let mutable charts = 0
    let draw chart =
        charts <- charts + 1
        Html.chart $"chart-{charts}" chart
    let title, machine = Sections.headline result, result.Machine
    let day = result.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
    let body =
        Html.all
            [ Html.element "h1" (Html.text title)
              $"<p class=\"soft\">{Html.text (BenchmarkTable.Processor machine)}; seed {result.Seed}; {day}</p>\n"
              Sections.summary result
              Html.element "h2" "The benchmark"
              draw (BenchmarkDots.Of(Sections.benchmarkTitle result, result))
              Sections.benchmark result
              Html.element "h2" "What accuracy costs"
              draw (TradeOff.AgainstSize(Sections.sizeTitle result, result))
              draw (TradeOff.AgainstLatency(Sections.latencyTitle result, result))
              match Sections.answers result (RunFolder.testReports folder) with
              | [] -> ()
              | first :: _ as answers ->
                  Html.element "h2" "What it gets wrong, and how sure it is"
                  draw (ConfusionMatrix.Of(Sections.confusionTitle first.Key first.Value, first.Value))
                  draw (ReliabilityDiagram.Of(Sections.reliabilityTitle answers, answers))
              if not trainings.IsEmpty then
                  Html.element "h2" "The trainings"
                  draw (TrainingCurves.Of(Sections.trainingTitle trainings, trainings))
                  Html.paragraph
                      ("The losses of trainings with a teacher are another function than those without, and can be compared only among "
                       + "themselves. Training accuracy is of augmented images, validation accuracy of images as they are.")
              Html.element "h2" "Where these figures come from"
              Sections.provenance result (RunFolder.stages folder) (RunFolder.recipes folder) ]
    AtomicFile.WriteText(path, Html.page title "" body)
    { Path = path; Charts = charts }

/// <summary>Writes the report of a run that still goes on: the stages that have ended, and the trainings as far as they are.</summary>
/// <param name="folder">Of the run.</param>
/// <param name="path">The HTML file, whose place the report of the finished run takes. A page that is open loads itself again.</param>
/// <exception cref="T:DistillKit.UserException">A file of the run is damaged, or the report cannot be written.</exception>
let WriteSoFar (folder: string, path: string) =
    let title, trainings = $"The run in {System.IO.Path.GetFileName folder}: what there is so far", RunFolder.trainings folder
    let rows = [ for stage in RunFolder.stages folder -> [ stage.Stage; String.concat ", " stage.Figures ] ]
    let body =
        Html.all
            [ Html.element "h1" (Html.text title)
              Html.paragraph "The run goes on. This page loads itself again, and in the end it is the whole report."
              Html.table 2 [ "stage"; "what it came to" ] rows
              if not trainings.IsEmpty then
                  Html.chart "chart-1" (TrainingCurves.Of(Sections.trainingTitle trainings, trainings)) ]
    AtomicFile.WriteText(path, Html.page title "<meta http-equiv=\"refresh\" content=\"20\">\n" body)
