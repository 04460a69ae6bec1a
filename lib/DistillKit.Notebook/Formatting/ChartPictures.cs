using System.Net;
using System.Text;
using DistillKit.Charts;
using XPlot.Plotly;

namespace DistillKit.Notebook.Formatting;

/// <summary>
/// Charts as pictures on a card of their own, which look the same on a light and on a dark page and need neither script nor network.
/// </summary>
internal static class ChartPictures
{
    internal static string ToHtml(PlotlyChart chart)
    {
        var picture = Convert.ToBase64String(Encoding.UTF8.GetBytes(Svg.RenderCard(chart)));
        return $"<img alt=\"{WebUtility.HtmlEncode(ChartText.Title(chart))}\" src=\"data:image/svg+xml;base64,{picture}\">";
    }

    internal static string ToText(PlotlyChart chart) => ChartText.Describe(chart, Table.MostColumns);
}
