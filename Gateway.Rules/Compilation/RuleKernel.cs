namespace Gateway.Rules.Compilation;

/// <summary>
/// A rule's conditions as machine code: judges one device's live values and returns the truth of level i in bits 2i and 2i+1
/// (<see cref="Expressions.Truth"/>).
/// </summary>
/// <param name="cells">Memory that holds the device's live values.</param>
/// <param name="at">Index of the first; the value at position p of the <see cref="KindLayout"/> is <c>cells[at + p]</c>, NaN for not known.</param>
/// <param name="calendars">Whether the hours of each calendar of the rule set run, 1 or 0.</param>
public delegate int RuleKernel(double[] cells, int at, double[] calendars);

/// <summary>The raise conditions of many rules as one piece of machine code: whether any of them is true of one device's live values.</summary>
/// <param name="cells">As of <see cref="RuleKernel"/>.</param>
/// <param name="at">As of <see cref="RuleKernel"/>.</param>
/// <param name="calendars">As of <see cref="RuleKernel"/>.</param>
public delegate bool AlarmKernel(double[] cells, int at, double[] calendars);
