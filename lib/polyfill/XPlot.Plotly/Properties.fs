namespace XPlot.Plotly

open System
open System.Collections.Generic

/// What has been set on an object, by name; nothing else goes into the JSON.
[<Sealed>]
type internal Properties() =
    let values = Dictionary<string, obj>()

    /// One property that is set from the start.
    new(name: string, value: obj) as this = Properties() then this.Set(name, value)

    member _.Has(name: string) = values.ContainsKey name

    member _.Set(name: string, value: obj) = values[name] <- value

    /// A property that must have been set, as in the package.
    member _.Get(name: string) : 'T =
        match values.TryGetValue name with
        | true, value -> unbox<'T> value
        | _ -> raise (ArgumentException $"The property '{name}' has not been set.")

    /// A property, or what the package answers when it has not been set.
    member _.Get(name: string, fallback: 'T) : 'T =
        match values.TryGetValue name with
        | true, value -> unbox<'T> value
        | _ -> fallback
