namespace Gateway.Host.City;

/// <summary>Where a generated device stands.</summary>
/// <param name="Tag">Its tags, as a device list writes them; the rules of the sample city match them.</param>
/// <param name="Place">The end of its address.</param>
/// <param name="BuildingBase">
/// Below the numbers of the buildings of this use, so that no building is both a home and a mall; null when it stands outdoors.
/// </param>
/// <param name="HasRooms">Whether the address goes on with staircase and room.</param>
internal sealed record GeneratedSite(string Tag, string Place, int? BuildingBase, bool HasRooms = false);

/// <summary>One kind of the sample city and how its devices are spread over sites: device i stands at site i modulo their count.</summary>
internal sealed record GeneratedKind(string Kind, string IdPrefix, ulong Stream, IReadOnlyList<GeneratedSite> Sites)
{
    /// <summary>The four kinds, a quarter of the devices each.</summary>
    public static IReadOnlyList<GeneratedKind> All { get; } =
    [
        new("smoke", "SMK", 10,
        [
            new("use=mall", "临江天地商场二层", 500),
            new("use=residence", "", 0, HasRooms: true),
            new("use=kitchen", "江鲜楼后厨", 600),
            new("use=residence", "", 0, HasRooms: true),
            new("use=residence", "", 0, HasRooms: true),
            new("use=school", "实验小学教学楼", 700),
            new("use=residence", "", 0, HasRooms: true),
            new("use=mall", "万和广场负一层", 550),
        ]),
        new("flood", "FLD", 11,
        [
            new("site=river", "临江水文站", null),
            new("site=underpass", "铁路下穿通道", null),
            new("site=road", "路口低洼处", null),
            new("site=underpass", "人行地下通道", null),
            new("site=reservoir", "翠屏水库坝前", null),
            new("site=road", "公交站雨水口", null),
        ]),
        new("access", "ACC", 12,
        [
            new("use=residence", "单元门", 0),
            new("use=office", "政务服务中心东门", 800),
            new("use=residence", "地下车库入口", 0),
            new("use=school", "校园大门", 700),
        ]),
        new("camera", "CAM", 13,
        [
            new("site=perimeter", "自来水厂围墙", null),
            new("site=street", "沿街", null),
            new("site=square", "市民广场", null),
            new("site=street", "农贸市场门前", null),
            new("site=street", "路口", null),
        ]),
    ];
}
