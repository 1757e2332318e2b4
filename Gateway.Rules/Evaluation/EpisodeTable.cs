namespace Gateway.Rules.Evaluation;

/// <summary>
/// The episodes of all devices. A device keeps the number of its first episode (0: none), the episodes of one device form a chain; most
/// devices have none and few have more than one.
/// </summary>
internal sealed class EpisodeTable(DeviceTable devices)
{
    private readonly List<Episode> _episodes = [new Episode()]; // number 0 is "none"
    private readonly Stack<int> _free = new();

    /// <summary>All episodes under way, ordered by rule, then device, an absence after the ladder.</summary>
    public IReadOnlyList<Episode> Active() => _episodes
        .Where(e => e.State != AlertState.Inactive)
        .OrderBy(e => e.Rule).ThenBy(e => e.Device).ThenBy(e => e.IsAbsence)
        .ToArray();

    /// <summary>The episode of a rule on a device, or null.</summary>
    public Episode? Find(int rule, int device, bool isAbsence)
    {
        for (int number = devices.FirstEpisode(device); number != 0; number = _episodes[number].Next)
        {
            Episode episode = _episodes[number];
            if (episode.Rule == rule && episode.IsAbsence == isAbsence)
            {
                return episode;
            }
        }

        return null;
    }

    /// <summary>Begins an episode; its state is still inactive.</summary>
    public Episode Open(int rule, int device, bool isAbsence)
    {
        if (!_free.TryPop(out int number))
        {
            number = _episodes.Count;
            _episodes.Add(new Episode());
        }

        Episode episode = _episodes[number];
        episode.Reset(rule, device, isAbsence);
        episode.Next = devices.FirstEpisode(device);
        devices.SetFirstEpisode(device, number);
        return episode;
    }

    /// <summary>Ends an episode; none of its timers may be armed.</summary>
    public void Close(Episode episode)
    {
        int previous = 0;
        int number = devices.FirstEpisode(episode.Device);
        while (!ReferenceEquals(_episodes[number], episode))
        {
            previous = number;
            number = _episodes[number].Next;
        }

        if (previous == 0)
        {
            devices.SetFirstEpisode(episode.Device, episode.Next);
        }
        else
        {
            _episodes[previous].Next = episode.Next;
        }

        episode.State = AlertState.Inactive;
        _free.Push(number);
    }
}
