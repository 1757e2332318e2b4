using System.Globalization;
using System.Text;

namespace Gateway.Host.Cases.AfterAction.Picture;

/// <summary>
/// Draws shapes as SVG. Every text that comes in is escaped here and nowhere else; names of classes are constants of this room. It knows neither links
/// nor scripts nor anything outside the document. Not safe for threads.
/// </summary>
internal sealed class SvgCanvas
{
    private const string Ink = "#263238"; // as an attribute, for a class to have another

    private readonly StringBuilder _under = new();
    private readonly StringBuilder _svg = new();

    /// <summary>A rectangle.</summary>
    public void Box(double x, double y, double width, double height, string style, string? fill = null, string? tooltip = null, double radius = 0) =>
        Element("rect", $"x=\"{N(x)}\" y=\"{N(y)}\" width=\"{N(Math.Max(width, 0.5))}\" height=\"{N(height)}\"{(radius > 0 ? $" rx=\"{N(radius)}\"" : "")}", style, fill is null ? "" : $" fill=\"{fill}\"", tooltip);

    /// <summary>A line.</summary>
    public void Line(double x1, double y1, double x2, double y2, string style, string? stroke = null) =>
        Element("line", $"x1=\"{N(x1)}\" y1=\"{N(y1)}\" x2=\"{N(x2)}\" y2=\"{N(y2)}\"", style, stroke is null ? "" : $" stroke=\"{stroke}\"", null);

    /// <summary>A line below everything else, whenever it is drawn.</summary>
    public void Grid(double x1, double y1, double x2, double y2) =>
        _under.Append(CultureInfo.InvariantCulture, $"<line x1=\"{N(x1)}\" y1=\"{N(y1)}\" x2=\"{N(x2)}\" y2=\"{N(y2)}\" class=\"grid\"/>\n");

    /// <summary>A dot.</summary>
    public void Dot(double x, double y, double radius, string fill, string? tooltip = null) =>
        Element("circle", $"cx=\"{N(x)}\" cy=\"{N(y)}\" r=\"{N(radius)}\"", "dot", $" fill=\"{fill}\"", tooltip);

    /// <summary>A polygon or, without fill, a line through points.</summary>
    public void Shape(IEnumerable<(double X, double Y)> points, string style, string? fill = null, string? stroke = null)
    {
        StringBuilder path = new();
        foreach ((double x, double y) in points)
        {
            path.Append(path.Length == 0 ? 'M' : 'L').Append(N(x)).Append(' ').Append(N(y));
        }

        if (path.Length > 0)
        {
            Element("path", $"d=\"{path}{(fill is null ? "" : "Z")}\"", style, $" fill=\"{fill ?? "none"}\"{(stroke is null ? "" : $" stroke=\"{stroke}\"")}", null);
        }
    }

    /// <summary>A text; what does not fit into the width is cut.</summary>
    /// <param name="x">Where it starts, or ends or has its middle.</param>
    /// <param name="y">Its base line.</param>
    /// <param name="text">The text.</param>
    /// <param name="size">Size of the letters, pixels.</param>
    /// <param name="width">Room there is.</param>
    /// <param name="style">Class.</param>
    /// <param name="fill">Colour, where the class has none; null for the usual one.</param>
    public void Text(double x, double y, string text, double size, double width = double.MaxValue, string style = "t", string? fill = null)
    {
        string fitting = PictureText.Fit(text, width, size);
        if (fitting.Length > 0)
        {
            _svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{N(x)}\" y=\"{N(y)}\" class=\"{style}\" font-size=\"{N(size)}\" fill=\"{fill ?? Ink}\">{PictureText.Escape(fitting)}</text>\n");
        }
    }

    /// <summary>The whole document.</summary>
    /// <param name="width">Its width, pixels.</param>
    /// <param name="height">Its height.</param>
    /// <param name="title">What it is.</param>
    /// <param name="description">What it shows, for who cannot see it.</param>
    /// <param name="styles">Its classes.</param>
    public string Document(double width, double height, string title, string description, string styles) =>
        $"""
        <svg xmlns="http://www.w3.org/2000/svg" width="{N(width)}" height="{N(height)}" viewBox="0 0 {N(width)} {N(height)}" role="img" aria-labelledby="t d">
        <title id="t">{PictureText.Escape(PictureText.Clean(title))}</title>
        <desc id="d">{PictureText.Escape(PictureText.Clean(description, 2000))}</desc>
        <style>{styles}</style>
        <rect x="0" y="0" width="{N(width)}" height="{N(height)}" fill="#ffffff"/>
        {_under}{_svg}</svg>

        """;

    private static string N(double value) => Math.Round(value, 1).ToString(CultureInfo.InvariantCulture);

    private void Element(string name, string geometry, string style, string more, string? tooltip)
    {
        _svg.Append(CultureInfo.InvariantCulture, $"<{name} {geometry} class=\"{style}\"{more}");
        _svg.Append(tooltip is null ? "/>\n" : $"><title>{PictureText.Escape(PictureText.Clean(tooltip))}</title></{name}>\n");
    }
}
