/// The page around the sections: style, policy and scripts.
module internal DistillKit.Charts.Page

/// Nothing may be loaded: a browser that honours this cannot leave the page even by mistake.
let private policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"

let private style = """
:root { color-scheme: light dark; --page: #ffffff; --ink: #24292f; --soft: #57606a; --line: #d0d7de; --panel: #f6f8fa; }
@media (prefers-color-scheme: dark) { :root { --page: #16191d; --ink: #e6e9ed; --soft: #9da7b3; --line: #363c44; --panel: #1f242a; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2.5rem 1.25rem 4rem; max-width: 1180px; background: var(--page); color: var(--ink); font: 16px/1.55 system-ui, "Segoe UI", "DejaVu Sans", Helvetica, Arial, sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .4rem; text-wrap: balance; }
h2 { font-size: 1.2rem; margin: 3rem 0 .5rem; padding-top: 1rem; border-top: 1px solid var(--line); }
p { max-width: 48rem; margin: .5rem 0; }
.soft, figcaption { color: var(--soft); font-size: .9rem; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .75rem; margin: 1.5rem 0; padding: 0; }
.facts div { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: .75rem 1rem; }
.facts b { display: block; font-size: 1.5rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.facts span { color: var(--soft); font-size: .85rem; }
/* A chart keeps its size, so that its letters keep theirs; a narrow screen scrolls. Paper gets the picture, which shrinks. */
figure { margin: 1.25rem 0; overflow-x: auto; }
.drawn .picture { display: none; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .84rem; font-variant-numeric: tabular-nums; }
th, td { padding: .35rem .5rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { color: var(--soft); font-weight: 600; border-bottom-width: 2px; white-space: normal; vertical-align: bottom; }
.words { text-align: left; }
td.words:last-child { white-space: normal; }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: 1rem; font-size: .8rem; line-height: 1.4; white-space: pre-wrap; overflow-wrap: anywhere; }
summary { cursor: pointer; padding: .25rem 0; }
/* This page knows its background, so the charts' grey letters get its ink. */
svg.distillkit { color: var(--ink); }
.js-plotly-plot text[style*="rgb(126, 126, 126)"] { fill: var(--ink) !important; }
.modebar-group { background: none !important; }
.modebar-btn path { fill: var(--soft) !important; }
@media print {
  :root { --page: #fff; --ink: #000; --soft: #444; --line: #bbb; --panel: #fff; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  figure, tr, .facts div { break-inside: avoid; }
  h2 { break-after: avoid; }
  .chart { width: auto !important; }
  .drawn .picture { display: block; }
  .drawn .plot { display: none; }
}
"""

/// Puts the interactive chart in the picture's place; where that fails the picture stays.
let private start = """
for (const box of document.querySelectorAll('.chart')) {
  const chart = JSON.parse(document.getElementById(box.id + '-data').textContent);
  const plot = document.createElement('div');
  plot.className = 'plot';
  plot.style.height = box.dataset.height + 'px';
  box.append(plot);
  Plotly.newPlot(plot, chart.data, chart.layout, { displaylogo: false }).then(() => box.classList.add('drawn'), error => { plot.remove(); console.error(error); });
}
addEventListener('beforeprint', () => { for (const part of document.querySelectorAll('details')) part.open = true; });
"""

/// The whole page.
let write (title: string) (body: string) =
    // No part of a script may look like its end.
    let safe = PlotlyScript.text.Value.Replace("</script", "<\\/script")
    let scripts = $"<script>{safe}</script>\n<script>{start}</script>\n"
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    + $"<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    + $"<link rel=\"icon\" href=\"data:,\">\n<title>{Html.text title}</title>\n<style>{style}</style>\n</head>\n<body>\n{body}{scripts}</body>\n</html>\n"
