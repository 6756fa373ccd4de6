using System.Reflection;

namespace ImsSipFast.Host.Tests.Net;

/// <summary>Every object that can be reached from one, by the fields of a debugger's view, and by which way.</summary>
internal sealed class ObjectGraph
{
    private const BindingFlags InstanceFields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<Type, FieldInfo[]> s_fields = [];

    private readonly Dictionary<object, string> _ways = new(ReferenceEqualityComparer.Instance);
    private readonly Stack<(object Object, string Way)> _open = new();

    /// <param name="root">Where to begin.</param>
    /// <param name="isDoor">What is noted and not entered.</param>
    public ObjectGraph(object root, Predicate<object> isDoor)
    {
        _open.Push((root, root.GetType().Name));
        while (_open.TryPop(out var next))
        {
            if (next.Object is not (string or Type or Pointer) && _ways.TryAdd(next.Object, next.Way) && !isDoor(next.Object))
            {
                Enter(next.Object, next.Way);
            }
        }
    }

    /// <summary>The objects, each with the way to it.</summary>
    public IReadOnlyDictionary<object, string> Ways => _ways;

    /// <summary>True when somebody could write to it: it is an array with elements or has a field that is not read-only.</summary>
    public static bool IsMutable(object value) => value switch
    {
        Delegate => false,
        Array array => array.Length > 0,
        _ => FieldsOf(value.GetType()).Any(static field => !field.IsInitOnly),
    };

    private void Enter(object value, string way)
    {
        if (value is Array array)
        {
            EnterElements(array, way);
            return;
        }

        foreach (var field in FieldsOf(value.GetType()).Where(static field => MayLead(field.FieldType)))
        {
            if (field.GetValue(value) is { } found)
            {
                Go(found, field.FieldType, $"{way}.{field.Name}");
            }
        }
    }

    private void EnterElements(Array array, string way)
    {
        var element = array.GetType().GetElementType()!;
        if (!MayLead(element))
        {
            return;
        }

        foreach (var item in array)
        {
            if (item is not null)
            {
                Go(item, element, way + "[]");
            }
        }
    }

    // A struct is a part of what holds it: its fields are looked into at once, its box is nobody's object.
    private void Go(object found, Type declared, string way)
    {
        if (declared.IsValueType)
        {
            Enter(found, way);
        }
        else
        {
            _open.Push((found, way));
        }
    }

    private static bool MayLead(Type type) =>
        !type.IsPrimitive && !type.IsEnum && !type.IsPointer && !type.IsFunctionPointer && !type.IsByRefLike
        && (!type.IsValueType || FieldsOf(type).Any(field => field.FieldType != type && MayLead(field.FieldType)));

    private static FieldInfo[] FieldsOf(Type type)
    {
        if (!s_fields.TryGetValue(type, out var fields))
        {
            var all = new List<FieldInfo>();
            for (var declaring = type; declaring is not null; declaring = declaring.BaseType)
            {
                all.AddRange(declaring.GetFields(InstanceFields));
            }

            s_fields[type] = fields = [.. all];
        }

        return fields;
    }
}
