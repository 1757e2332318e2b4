using System.Net;
using System.Text;
using Gateway.Host.Access.Limits;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Access.People;

/// <summary>What became of a name and a password.</summary>
/// <param name="Account">The account; null when it is not shown to be it.</param>
/// <param name="Wait">How long to wait before the next try; zero: the password was looked at.</param>
internal readonly record struct SignInResult(Account? Account, TimeSpan Wait);

/// <summary>
/// Checks passwords of people: on half of the machine's processors at most, and after some failures of a name from an address, or of an
/// address, not before a wait. Safe for threads.
/// </summary>
/// <param name="accounts">The accounts.</param>
/// <param name="options">What failures cost.</param>
/// <param name="now">Steady time.</param>
internal sealed class SignIn(AccountStore accounts, BackoffOptions options, Func<EventTime> now)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly PasswordVerifier _verifier = new(Patience);
    private readonly FailureBackoff _backoff = new(options);
    private long _failures;
    private long _waits;

    /// <summary>Wrong passwords, unknown names and wrong set-up tokens since start.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>Passwords that were not looked at, because of the failures before.</summary>
    public long Waits => Interlocked.Read(ref _waits);

    /// <summary>Tries a name with a password.</summary>
    public Task<SignInResult> TryAsync(IPAddress? address, string name, string password) => TryAsync(address, name, () =>
    {
        AccountSet current = accounts.Look();
        return current.Verify(name, Encoding.UTF8.GetBytes(password)) ? current.Find(name) : null;
    });

    /// <summary>Tries whatever a name from an address may have only so many tries at.</summary>
    public async Task<SignInResult> TryAsync(IPAddress? address, string name, Func<Account?> check)
    {
        if (!await _verifier.TakeTurnAsync().ConfigureAwait(false))
        {
            return new SignInResult(null, TimeSpan.FromSeconds(1));
        }

        try
        {
            // In the turn: many that came at once may have failed while this one waited.
            TimeSpan wait = _backoff.Wait(address, name, now());
            if (wait > TimeSpan.Zero)
            {
                Interlocked.Increment(ref _waits);
                return new SignInResult(null, wait);
            }

            Account? account = await _verifier.VerifyAsync(check).ConfigureAwait(false);
            if (account is null)
            {
                Interlocked.Increment(ref _failures);
                _backoff.Failed(address, name, now());
            }
            else
            {
                _backoff.Succeeded(address, name, now());
            }

            return new SignInResult(account, TimeSpan.Zero);
        }
        finally
        {
            _verifier.EndTurn();
        }
    }
}
