namespace Gateway.Host.City;

/// <summary>Where a generated device stands.</summary>
/// <param name="Tag">Its tags, as a device list writes them; the rules of the sample city match them.</param>
/// <param name="Place">The end of its address.</param>
/// <param name="IsIndoors">Whether it hangs in a building.</param>
/// <param name="HasRooms">Whether the address goes on with staircase and room.</param>
internal sealed record GeneratedSite(string Tag, string Place, bool IsIndoors, bool HasRooms = false);

/// <summary>One kind of the sample city and how its devices are spread over sites: device i stands at site i modulo their count.</summary>
internal sealed record GeneratedKind(string Kind, string IdPrefix, ulong Stream, IReadOnlyList<GeneratedSite> Sites)
{
    /// <summary>The four kinds, a quarter of the devices each.</summary>
    public static IReadOnlyList<GeneratedKind> All { get; } =
    [
        new("smoke", "SMK", 10,
        [
            new("use=mall", "临江天地商场二层", true),
            new("use=residence", "", true, HasRooms: true),
            new("use=kitchen", "江鲜楼后厨", true),
            new("use=residence", "", true, HasRooms: true),
            new("use=residence", "", true, HasRooms: true),
            new("use=school", "实验小学教学楼", true),
            new("use=residence", "", true, HasRooms: true),
            new("use=mall", "万和广场负一层", true),
        ]),
        new("flood", "FLD", 11,
        [
            new("site=river", "临江水文站", false),
            new("site=underpass", "铁路下穿通道", false),
            new("site=road", "路口低洼处", false),
            new("site=underpass", "人行地下通道", false),
            new("site=reservoir", "翠屏水库坝前", false),
            new("site=road", "公交站雨水口", false),
        ]),
        new("access", "ACC", 12,
        [
            new("use=residence", "单元门", true),
            new("use=office", "政务服务中心东门", true),
            new("use=residence", "地下车库入口", true),
            new("use=school", "校园大门", true),
        ]),
        new("camera", "CAM", 13,
        [
            new("site=perimeter", "自来水厂围墙", false),
            new("site=street", "沿街", false),
            new("site=square", "市民广场", false),
            new("site=street", "农贸市场门前", false),
            new("site=street", "路口", false),
        ]),
    ];
}
