using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Gateway.Tests.Repository;

/// <summary>What a compiled assembly uses of others, read from its metadata: what is not there it cannot do, whatever its source says.</summary>
internal sealed class AssemblyUse : IDisposable
{
    private readonly PEReader _file;
    private readonly MetadataReader _metadata;

    public AssemblyUse(Assembly assembly)
    {
        _file = new PEReader(File.OpenRead(assembly.Location));
        _metadata = _file.GetMetadataReader();
    }

    /// <summary>Simple names of the assemblies it refers to.</summary>
    public IReadOnlyList<string> Assemblies() =>
        [.. _metadata.AssemblyReferences.Select(h => _metadata.GetString(_metadata.GetAssemblyReference(h).Name))];

    /// <summary>Full names of the types it uses of others.</summary>
    public IReadOnlySet<string> Types() => _metadata.TypeReferences.Select(NameOf).ToHashSet(StringComparer.Ordinal);

    /// <summary>Members it uses of others, as <c>Namespace.Type.Member</c>.</summary>
    public IReadOnlySet<string> Members() => _metadata.MemberReferences
        .Select(_metadata.GetMemberReference)
        .Where(m => m.Parent.Kind == HandleKind.TypeReference)
        .Select(m => $"{NameOf((TypeReferenceHandle)m.Parent)}.{_metadata.GetString(m.Name)}")
        .ToHashSet(StringComparer.Ordinal);

    public void Dispose() => _file.Dispose();

    private string NameOf(TypeReferenceHandle handle)
    {
        TypeReference type = _metadata.GetTypeReference(handle);
        return $"{_metadata.GetString(type.Namespace)}.{_metadata.GetString(type.Name)}";
    }
}
