using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Gateway.Rules.Files.Yaml;

/// <summary>
/// Reads YAML 1.2 text into a small tree with exact places, from the event parser: nothing is deserialised, no type is ever chosen by
/// the file, and anchors, aliases and tags are refused, so the tree is never larger than the text.
/// </summary>
public static class YamlTreeReader
{
    /// <summary>Reads one file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="findings">Takes what is wrong with it.</param>
    /// <returns>The tree; null when the file is empty, or so broken that nothing after the place can be believed.</returns>
    public static YamlNode? Read(CityFile file, ICollection<Finding> findings)
    {
        Reading reading = new(file, (code, location, message) => findings.Add(new Finding(code.Level, code.Code, location, message, code.Fix)));
        return reading.ReadFile();
    }

    internal static YamlNode? Read(CityFile file, FindingSink sink) =>
        new Reading(file, (code, location, message) => sink.Add(code, location, message)).ReadFile();

    /// <summary>The state of reading one file.</summary>
    private sealed class Reading(CityFile file, Action<FindingCode, SourceLocation, string> report)
    {
        private readonly string _text = file.Text.StartsWith('\uFEFF') ? file.Text[1..] : file.Text;
        private readonly Stack<Mark> _openFlows = new();
        private Mark _last = new(0, 1, 1);
        private int _nodes;

        public YamlNode? ReadFile()
        {
            if (_text.Length > YamlLimits.FileSizeBytes || Encoding.UTF8.GetByteCount(_text) > YamlLimits.FileSizeBytes)
            {
                report(FindingCodes.FileTooLarge, new SourceLocation(file.Path, 1, 1), "the file is larger than 4 MiB");
                return null;
            }

            // To the parser it is the end of the file: what follows would be passed over without a word.
            if (_text.IndexOf('\0') is >= 0 and int nul)
            {
                report(FindingCodes.ControlCharacter, PlaceOf(nul), "a NUL character stands here");
                return null;
            }

            try
            {
                return ReadDocument(new Parser(new Scanner(new StringReader(_text), skipComments: true)));
            }
            catch (YamlException syntax)
            {
                // For a tab the parser names the block it stands in; people look for the tab.
                SourceLocation place = syntax.Message.Contains(" tab ", StringComparison.Ordinal) ? TabPlace(syntax.Start) : At(syntax.Start, 0);
                report(FindingCodes.YamlSyntax, place, "not valid YAML: " + OneLine(syntax.Message));
                return null;
            }
            catch (InvalidOperationException)
            {
                // The parser's own state breaks on a bracket that is never closed, where YAML has a syntax error.
                string message = _openFlows.Count > 0 ? "a [ or { that is not closed, or closed by the wrong bracket" : "a structure that does not fit together";
                report(FindingCodes.YamlSyntax, At(_openFlows.Count > 0 ? _openFlows.Peek() : _last, 0), message);
                return null;
            }
            catch (ArgumentException)
            {
                // The scanner hands escapes such as \UFFFFFFFF to the runtime unchecked, and the runtime throws.
                report(FindingCodes.YamlSyntax, At(_last, 0), "an escape in a quoted text that is no character, after this place");
                return null;
            }
        }

        private YamlNode? ReadDocument(Parser parser)
        {
            YamlNode? root = null;
            int documents = 0;
            while (Next(parser))
            {
                switch (parser.Current)
                {
                    case StreamStart or StreamEnd or DocumentEnd:
                        break;
                    case DocumentStart start when ++documents > 1:
                        report(FindingCodes.SeveralDocuments, At(start.Start, 0), "a second YAML document begins here");
                        return null;
                    case DocumentStart:
                        break;
                    default:
                        root = ReadNode(parser, 1);
                        if (root is null)
                        {
                            return null;
                        }

                        break;
                }
            }

            return root is YamlScalar { IsNull: true } ? null : root;
        }

        /// <summary>Steps the parser, and keeps where it is for errors that tell no place.</summary>
        private bool Next(Parser parser)
        {
            if (!parser.MoveNext())
            {
                return false;
            }

            ParsingEvent current = parser.Current!;
            _last = current.End;
            if (current is SequenceStart { Style: SequenceStyle.Flow } or MappingStart { Style: MappingStyle.Flow })
            {
                _openFlows.Push(current.Start);
            }
            else if (current is SequenceEnd or MappingEnd && _openFlows.Count > 0 && current.End.Index > current.Start.Index)
            {
                // Only the end of a bracketed list or map has a length; a block ends where the next thing begins.
                _openFlows.Pop();
            }

            return true;
        }

        /// <summary>The node at the parser's current event, which becomes its last one; null when reading must stop.</summary>
        private YamlNode? ReadNode(Parser parser, int depth)
        {
            ParsingEvent current = parser.Current!;
            if (++_nodes > YamlLimits.NodeCount)
            {
                report(FindingCodes.TooManyNodes, At(current.Start, 0), $"more than {YamlLimits.NodeCount} keys and values");
                return null;
            }

            if (current is AnchorAlias || current is NodeEvent { Anchor.IsEmpty: false })
            {
                report(FindingCodes.Alias, At(current.Start, 0), current is AnchorAlias ? "an alias (*) stands here" : "an anchor (&) stands here");
                return null;
            }

            if (current is NodeEvent { Tag.IsEmpty: false } tagged)
            {
                report(FindingCodes.Tag, At(current.Start, 0), $"a YAML tag stands here: {FindingSink.Quote(tagged.Tag.ToString())}");
                return null;
            }

            if (current is Scalar scalar)
            {
                return new YamlScalar(scalar.Value, scalar.Style == ScalarStyle.Plain, TextStart(scalar));
            }

            if (depth > YamlLimits.Depth)
            {
                report(FindingCodes.TooDeep, At(current.Start, 0), $"nested deeper than {YamlLimits.Depth} levels");
                return null;
            }

            return current is MappingStart ? ReadMap(parser, depth) : ReadList(parser, depth);
        }

        private YamlList? ReadList(Parser parser, int depth)
        {
            SourceLocation location = At(parser.Current!.Start, 0);
            List<YamlNode> items = [];
            while (Next(parser) && parser.Current is not SequenceEnd)
            {
                if (ReadNode(parser, depth + 1) is not { } item)
                {
                    return null;
                }

                items.Add(item);
            }

            return new YamlList(items, location);
        }

        private YamlMap? ReadMap(Parser parser, int depth)
        {
            SourceLocation location = At(parser.Current!.Start, 0);
            List<YamlEntry> entries = [];
            Dictionary<string, SourceLocation> seen = new(StringComparer.Ordinal);
            while (Next(parser) && parser.Current is not MappingEnd)
            {
                if (ReadNode(parser, depth + 1) is not { } keyNode)
                {
                    return null;
                }

                if (!Next(parser) || ReadNode(parser, depth + 1) is not { } value)
                {
                    return null;
                }

                if (keyNode is not YamlScalar key)
                {
                    report(FindingCodes.WrongShape, keyNode.Location, $"a key is a text, not {keyNode.ShapeName}");
                }
                else if (!seen.TryAdd(key.Text, key.Location))
                {
                    SourceLocation first = seen[key.Text];
                    report(FindingCodes.DuplicateKey, key.Location, $"key {FindingSink.Quote(key.Text)} is written twice, first at {first.Line}:{first.Column}");
                }
                else
                {
                    entries.Add(new YamlEntry(new SourceText(key.Text, key.Location), value));
                }
            }

            return new YamlMap(entries, location);
        }

        private SourceLocation TextStart(Scalar scalar) => scalar.Style switch
        {
            ScalarStyle.SingleQuoted or ScalarStyle.DoubleQuoted => At(scalar.Start, 1),
            ScalarStyle.Literal or ScalarStyle.Folded => BlockTextStart(scalar.Start),
            _ => At(scalar.Start, 0),
        };

        /// <summary>A block scalar begins at its indicator; its text at the first character that is not blank on the lines below.</summary>
        private SourceLocation BlockTextStart(Mark indicator)
        {
            int line = (int)indicator.Line;
            int lineStart = _text.IndexOf('\n', (int)indicator.Index) + 1;
            while (lineStart > 0 && lineStart < _text.Length)
            {
                line++;
                int end = _text.IndexOf('\n', lineStart);
                ReadOnlySpan<char> content = end < 0 ? _text.AsSpan(lineStart) : _text.AsSpan(lineStart, end - lineStart);
                int first = content.IndexOfAnyExcept(' ', '\r');
                if (first >= 0)
                {
                    return new SourceLocation(file.Path, line, first + 1);
                }

                lineStart = end + 1;
            }

            return At(indicator, 0);
        }

        private SourceLocation TabPlace(Mark block)
        {
            int line = (int)block.Line;
            int lineStart = block.Index == 0 ? 0 : _text.LastIndexOf('\n', (int)block.Index - 1) + 1;
            while (lineStart < _text.Length)
            {
                int end = _text.IndexOf('\n', lineStart);
                ReadOnlySpan<char> content = end < 0 ? _text.AsSpan(lineStart) : _text.AsSpan(lineStart, end - lineStart);
                int first = content.IndexOfAnyExcept(' ');
                if (first >= 0 && content[first] == '\t')
                {
                    return new SourceLocation(file.Path, line, first + 1);
                }

                if (end < 0)
                {
                    break;
                }

                lineStart = end + 1;
                line++;
            }

            return At(block, 0);
        }

        private SourceLocation PlaceOf(int index)
        {
            ReadOnlySpan<char> before = _text.AsSpan(0, index);
            return new SourceLocation(file.Path, before.Count('\n') + 1, index - before.LastIndexOf('\n'));
        }

        private SourceLocation At(Mark mark, int offset) => new(file.Path, (int)mark.Line, (int)mark.Column + offset);

        private static string OneLine(string message) => message.ReplaceLineEndings(" ").Trim();
    }
}
