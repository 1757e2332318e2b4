using System.Diagnostics;

namespace Gateway.Tests.Support;

/// <summary>A program that ran to its end.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Errors">Standard error.</param>
public sealed record ProgramRun(int ExitCode, string Output, string Errors)
{
    private static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(60);

    /// <summary>Runs a program and takes what it wrote.</summary>
    /// <param name="program">Name on PATH, or path.</param>
    /// <param name="arguments">Its arguments, each as it is.</param>
    /// <param name="input">Standard input; none when null.</param>
    /// <param name="directory">Working directory; the test's own when null.</param>
    /// <param name="limit">Time it has; a minute when null.</param>
    /// <exception cref="TimeoutException">It did not end in time, and was killed; the message has what it wrote.</exception>
    public static async Task<ProgramRun> ToEndAsync(string program, IEnumerable<string> arguments, string? input = null, string? directory = null, TimeSpan? limit = null)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory ?? "",
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        if (input is not null)
        {
            await process.StandardInput.WriteAsync(input);
        }

        process.StandardInput.Close();
        try
        {
            await Task.WhenAll(process.WaitForExitAsync(), output, errors).WaitAsync(limit ?? DefaultLimit);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} did not end in time\n{await output}\n{await errors}");
        }

        return new ProgramRun(process.ExitCode, await output, await errors);
    }
}
